/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-stamp: the process that asks a time-stamping authority for signetd.
 *
 * Started by signetd with one end of a stream socketpair as descriptor 3, and
 * spoken to by docs/PROTOCOL.worker (STAMP).  What comes over the network is
 * read here and nowhere else: signetd neither waits for it nor parses it, and
 * needs no memory for HTTP and TLS.
 */
#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/harden.h"
#include "base/log.h"
#include "stamp/serve.h"

#define STAMP_FD 3

/* As signet-worker: docs/PROTOCOL.worker, section 1. */
enum { EXIT_END = 0, EXIT_START = 1, EXIT_USAGE = 2, EXIT_BROKEN = 3 };

static const char help[] =
	"signet-stamp is started by signetd, which speaks with it over\n"
	"descriptor 3; it has no use by hand.\n"
	"\n"
	"usage: signet-stamp [--help | --version]\n";

static int main_say(int fd, const char *text, int status)
{
	/* Nothing is to be done about a terminal that is gone. */
	if (write(fd, text, strlen(text)) < 0)
		return status;
	return status;
}

static int main_option(const char *option)
{
	if (strcmp(option, "--help") == 0)
		return main_say(STDOUT_FILENO, help, EXIT_END);
	if (strcmp(option, "--version") == 0)
		return main_say(STDOUT_FILENO,
				"signet-stamp " SIGNET_VERSION "\n", EXIT_END);
	return main_say(STDERR_FILENO, help, EXIT_USAGE);
}

int main(int argc, char **argv)
{
	struct error e;

	if (argc > 1)
		return main_option(argv[1]);
	if (!fd_is_socket(STAMP_FD, SOCK_STREAM))
		return main_say(STDERR_FILENO, help, EXIT_USAGE);
	log_open("signet-stamp", LOG_INFO);
	if (harden_child(STAMP_FD, STAMP_FD, &e) != 0) {
		log_failure(LOG_ERROR, NULL, "cannot start", &e);
		return EXIT_START;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		log_write(LOG_ERROR, NULL, "cannot start: libcurl");
		return EXIT_START;
	}
	if (serve_all(STAMP_FD, &e) == 0)
		return EXIT_END;
	log_failure(LOG_ERROR, NULL, "leaving", &e);
	return EXIT_BROKEN;
}
