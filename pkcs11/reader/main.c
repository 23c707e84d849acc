/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-reader: the process that watches PC/SC for signetd.
 *
 * Started by signetd with one end of a stream socketpair as descriptor 3, and
 * spoken to by docs/PROTOCOL.worker (READERS).  PC/SC calls wait without bound
 * when pcscd does, so they are in a process that can be killed.  One thread
 * makes them; this one waits for the end of signetd, and ends both.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/harden.h"
#include "base/log.h"
#include "pkcs11/exit.h"
#include "pkcs11/reader/peer.h"
#include "pkcs11/reader/report.h"
#include "pkcs11/reader/reset.h"
#include "pkcs11/reader/watch.h"
#include "wire/fault.h"

#define READER_FD 3

static const char help[] =
	"signet-reader is started by signetd, which hears of readers and\n"
	"cards over descriptor 3.\n"
	"\n"
	"usage: signet-reader [--help | --version | --reset READER]\n"
	"\n"
	"  --reset READER  reset the card in this reader; all its logins end\n";

static void main_print(int fd, const char *text)
{
	/* Nothing is to be done about a terminal that is gone. */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

static int main_reset(const char *name)
{
	struct error e;

	/* Whoever started it watches the time. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (reader_reset(name, &e) == 0)
		return P11_EXIT_END;
	log_failure(LOG_WARNING, NULL, "reset", &e);
	return P11_EXIT_START;
}

static int main_option(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		main_print(STDOUT_FILENO, help);
		return P11_EXIT_END;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		main_print(STDOUT_FILENO, "signet-reader " SIGNET_VERSION "\n");
		return P11_EXIT_END;
	}
	if (argc == 3 && strcmp(argv[1], "--reset") == 0)
		return main_reset(argv[2]);
	main_print(STDERR_FILENO, help);
	return P11_EXIT_USAGE;
}

static void *main_watch(void *arg)
{
	reader_watch(arg);
}

/* What signetd did instead of its request goes to it, if it is there. */
static int main_refuse(const struct error *why)
{
	struct buf out;
	struct error e;
	size_t at;

	log_failure(LOG_ERROR, NULL, "leaving", why);
	buf_init(&out, 4096);
	at = wire_frame_begin(&out, WIRE_READERS, WIRE_FAIL, 0);
	wire_fault_put(&out, why);
	wire_frame_end(&out, at);
	if (fd_write_all(READER_FD, buf_slice(&out), &e) != 0)
		log_failure(LOG_INFO, NULL, "signetd does not listen", &e);
	buf_fini(&out);
	return P11_EXIT_BROKEN;
}

static int main_serve(void)
{
	static struct reader_report report;
	pthread_t thread;
	struct error e;
	uint32_t id;
	int r = reader_peer_request(READER_FD, &id, &e);

	if (r < 0)
		return main_refuse(&e);
	if (r == 0)
		return P11_EXIT_END;
	reader_report_init(&report, READER_FD, id);
	if (pthread_create(&thread, NULL, main_watch, &report) != 0) {
		log_write(LOG_ERROR, NULL, "no memory for a thread");
		return P11_EXIT_START;
	}
	if (reader_peer_end(READER_FD, &e) == 0)
		return P11_EXIT_END;
	log_failure(LOG_ERROR, NULL, "leaving", &e);
	return P11_EXIT_BROKEN;
}

int main(int argc, char **argv)
{
	struct error e;

	log_open("signet-reader", LOG_INFO);
	if (argc > 1)
		_exit(main_option(argc, argv));
	if (!fd_is_socket(READER_FD, SOCK_STREAM)) {
		main_print(STDERR_FILENO, help);
		_exit(P11_EXIT_USAGE);
	}
	if (harden_child(READER_FD, READER_FD, &e) != 0) {
		log_failure(LOG_ERROR, NULL, "cannot start", &e);
		_exit(P11_EXIT_START);
	}
	_exit(main_serve());
}
