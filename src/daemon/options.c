/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: the command line of signetd.
 */
#include "daemon/options.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/paths.h"

#define EXIT_USAGE 2

static const char help[] =
	"Usage: signetd [OPTION]...\n"
	"Serve signatures by the keys of PKCS#11 tokens on a local socket.\n"
	"\n"
	"  --config FILE      configuration (signetd.conf(5)); default:\n"
	"                     ~/.config/signet/signetd.yaml, then\n"
	"                     /etc/signet/signetd.yaml\n"
	"  --socket PATH      socket to serve; default: $SIGNET_SOCKET, then\n"
	"                     $XDG_RUNTIME_DIR/signet/signetd.sock\n"
	"  --check-config     check the configuration and print its policy\n"
	"  --explain          read a request on standard input and print what\n"
	"                     the policy says of it\n"
	"  --json             with these two: print JSON\n"
	"  --evidence-file    print where the evidence is kept\n"
	"  --ready-fd N       write READY to this descriptor when serving\n"
	"  --quiet            log warnings and errors only\n"
	"  --debug            log more\n"
	"  --help             this text\n"
	"  --version          the version\n"
	"\n"
	"SIGHUP reloads the configuration, SIGTERM finishes what is under way\n"
	"and leaves.  Exit status: 0, 1 (failure; denied), 2 (usage), 3 (no\n"
	"configuration to explain by).\n";

enum {
	OPTION_CONFIG = 256,
	OPTION_SOCKET,
	OPTION_CHECK,
	OPTION_EXPLAIN,
	OPTION_EVIDENCE_FILE,
	OPTION_JSON,
	OPTION_READY,
	OPTION_QUIET,
	OPTION_DEBUG,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "check-config", no_argument, NULL, OPTION_CHECK },
	{ "explain", no_argument, NULL, OPTION_EXPLAIN },
	{ "evidence-file", no_argument, NULL, OPTION_EVIDENCE_FILE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "ready-fd", required_argument, NULL, OPTION_READY },
	{ "quiet", no_argument, NULL, OPTION_QUIET },
	{ "debug", no_argument, NULL, OPTION_DEBUG },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static void usage(const char *why, const char *what)
{
	fprintf(stderr, "signetd: %s%s; see signetd --help\n", why, what);
	exit(EXIT_USAGE);
}

static void copy_path(char *out, const char *path)
{
	if (strlen(path) >= LIMIT_PATH)
		usage("this path is too long: ", path);
	snprintf(out, LIMIT_PATH, "%s", path);
}

/* A descriptor that somebody handed down, kept from our own children. */
static int parse_fd(const char *text)
{
	char *end;
	long fd = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || fd < 0 || fd > 1 << 20 ||
	    fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
		usage("not an open file descriptor: ", text);
	return (int)fd;
}

static void option(struct options *o, int which, const char *value)
{
	switch (which) {
	case OPTION_CONFIG:
		copy_path(o->config, value);
		break;
	case OPTION_SOCKET:
		copy_path(o->socket, value);
		break;
	case OPTION_CHECK:
		o->check_config = true;
		break;
	case OPTION_EXPLAIN:
		o->explain = true;
		break;
	case OPTION_EVIDENCE_FILE:
		o->evidence_file = true;
		break;
	case OPTION_JSON:
		o->json = true;
		break;
	case OPTION_READY:
		o->ready_fd = parse_fd(value);
		break;
	case OPTION_QUIET:
		o->quiet = true;
		break;
	case OPTION_DEBUG:
		o->debug = true;
		break;
	case OPTION_HELP:
		fputs(help, stdout);
		exit(EXIT_SUCCESS);
	case OPTION_VERSION:
		puts("signetd " SIGNET_VERSION);
		exit(EXIT_SUCCESS);
	default:
		exit(EXIT_USAGE);
	}
}

static void options_no_config(const struct options *o, const char *why)
{
	fprintf(stderr, "signetd: %s\n", why);
	exit(o->explain ? OPTIONS_EXIT_NO_CONFIG : EXIT_USAGE);
}

void options_parse(struct options *o, int argc, char **argv)
{
	struct error e;
	bool serves;
	int which;

	*o = (struct options){ .ready_fd = -1 };
	while ((which = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		option(o, which, optarg);
	if (optind < argc)
		usage("signetd takes no arguments: ", argv[optind]);
	if (o->config[0] == '\0' &&
	    paths_config(o->config, sizeof(o->config), &e) != 0)
		options_no_config(o, e.message);
	serves = !o->check_config && !o->explain && !o->evidence_file;
	if (o->socket[0] == '\0' && serves &&
	    paths_socket(o->socket, sizeof(o->socket), &e) != 0)
		usage(e.message, "");
}
