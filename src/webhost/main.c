/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: signet-webhost: a native messaging host, started by a browser.
 *
 * Standard output is the browser's: nothing else writes there.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/native_host.h"
#include "base/paths.h"
#include "webhost/api.h"
#include "webhost/webeid.h"

enum { MAIN_OK, MAIN_FAILED, MAIN_BY_HAND };

static const char usage[] =
	"usage: signet-webhost | signet-webhost-api\n"
	"       signet-webhost --help\n\n"
	"Browsers start this program; `signet browser install` tells them to."
	"\nSee signet-webhost(8).\n";

/* 0, 1 and 2 have to be something, or a socket would take their place. */
static bool open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return false;
	/* What a browser left open is not for a signetd that we start. */
	return close_range(STDERR_FILENO + 1, ~0U, 0) == 0;
}

/*
 * Chrome gives the extension, Firefox the manifest and the extension; a portal
 * gives nothing.  The browser has compared it with the manifest; ours may have
 * been changed.
 */
static bool is_allowed(const struct native_host *h, int argc, char **argv)
{
	if (argc < 2 || native_host_allows(h, argv[1]))
		return true;
	return argc > 2 && argv[1][0] == '/' &&
	       native_host_allows(h, argv[2]);
}

static int serve(const struct native_host *h)
{
	char socket[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct port port;
	struct error e;
	int r = paths_socket(socket, sizeof(socket), &e);

	if (r == 0)
		r = port_serve(&port, h == &native_host_signet ?
			       &api_protocol : &webeid_protocol, socket,
			       STDIN_FILENO, STDOUT_FILENO, &e);
	if (r == 0)
		return MAIN_OK;
	log_failure(LOG_ERROR, NULL, "ended", &e);
	return MAIN_FAILED;
}

int main(int argc, char **argv)
{
	const struct native_host *h;

	if (argc < 1 || !open_standard())
		return MAIN_FAILED;
	signal(SIGPIPE, SIG_IGN);
	log_open("signet-webhost", LOG_WARNING);
	h = native_host_of(argv[0]);
	if (argc > 1 && strncmp(argv[1], "--", 2) == 0) {
		fputs(usage, stderr);
		return strcmp(argv[1], "--help") == 0 ? MAIN_OK : MAIN_BY_HAND;
	}
	if (!is_allowed(h, argc, argv)) {
		log_write(LOG_ERROR, NULL, "%s is not for the extension %s",
			  h->name, argv[argc - 1]);
		return MAIN_FAILED;
	}
	return serve(h);
}
