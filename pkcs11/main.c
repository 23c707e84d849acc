/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-worker: the process that loads one PKCS#11 module.
 *
 * Blocking and single-threaded on purpose; started by signetd with one end of
 * a stream socketpair as descriptor 3, and spoken to by docs/PROTOCOL.worker.
 * The module may crash, hang, print and fork: this process is expendable.  It
 * always leaves by _exit(): modules crash in their atexit handlers.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/harden.h"
#include "base/log.h"
#include "pkcs11/fork.h"
#include "pkcs11/serve.h"

#define WORKER_FD 3

/* Zeroed, and large: 64 tokens. */
static struct p11_worker worker;

static const char help[] =
	"signet-worker is started by signetd, which speaks with it over\n"
	"descriptor 3; it has no use by hand.\n"
	"\n"
	"usage: signet-worker [--help | --version]\n";

static void main_print(int fd, const char *text)
{
	/* Nothing is to be done about a terminal that is gone. */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

static int main_option(const char *option)
{
	if (strcmp(option, "--help") == 0) {
		main_print(STDOUT_FILENO, help);
		return P11_EXIT_END;
	}
	if (strcmp(option, "--version") == 0) {
		main_print(STDOUT_FILENO, "signet-worker " SIGNET_VERSION "\n");
		return P11_EXIT_END;
	}
	main_print(STDERR_FILENO, help);
	return P11_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	enum p11_exit left;
	struct error e;

	if (argc > 1)
		_exit(main_option(argv[1]));
	if (!fd_is_socket(WORKER_FD, SOCK_STREAM)) {
		main_print(STDERR_FILENO, help);
		_exit(P11_EXIT_USAGE);
	}
	log_open("signet-worker", LOG_INFO);
	if (harden_child(WORKER_FD, WORKER_FD, &e) != 0 ||
	    p11_fork_guard(WORKER_FD, &e) != 0) {
		log_failure(LOG_ERROR, NULL, "cannot start", &e);
		_exit(P11_EXIT_START);
	}
	p11_worker_init(&worker, WORKER_FD);
	left = p11_serve(&worker);
	_exit((int)left);
}
