/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader-driver: is signetd to one signet-reader.
 *
 *	reader-driver READER
 *	reader-driver send SOCKET COMMANDS
 *
 * The first prints what it is told until SIGTERM, then closes the socket and
 * waits for it:
 *
 *	pid N
 *	T service STATE TEXT
 *	T reader STATE EVENTS SWAPPED ATR NAME	SWAPPED is "swapped" or "-"
 *	T complete
 *	fail TEXT, broken TEXT
 *	status N, signal N
 *
 * T is CLOCK_MONOTONIC in ms.  The second sends each character of COMMANDS as
 * a datagram (ifd-cards), and prints T of the moment before.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "wire/fault.h"
#include "wire/readers.h"

static volatile sig_atomic_t ended;

static const char *const states[] = {
	[WIRE_READER_EMPTY] = "empty",
	[WIRE_READER_PRESENT] = "present",
	[WIRE_READER_MUTE] = "mute",
	[WIRE_READER_EXCLUSIVE] = "exclusive",
	[WIRE_READER_GONE] = "gone",
};

static const char *const services[] = {
	[WIRE_SERVICE_RUNNING] = "running",
	[WIRE_SERVICE_DOWN] = "down",
	[WIRE_SERVICE_REFUSED] = "refused",
	[WIRE_SERVICE_FAILED] = "failed",
};

static void die(const char *what)
{
	fprintf(stderr, "reader-driver: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static int64_t now_ms(void)
{
	return clock_mono_ns() / CLOCK_NS_PER_MS;
}

static void say_reader(const struct wire_reader *r)
{
	char atr[2 * WIRE_ATR_MAX + 1];

	hex_encode(r->atr, atr);
	printf("%" PRId64 " reader %s %u %s %s %s\n", now_ms(),
	       states[r->state], r->events, r->swapped ? "swapped" : "-",
	       r->atr.len == 0 ? "-" : atr, r->name);
}

static void say_more(const struct wire_readers_more *m)
{
	if (m->about == WIRE_READERS_READER)
		say_reader(&m->reader);
	else if (m->about == WIRE_READERS_SERVICE)
		printf("%" PRId64 " service %s %s\n", now_ms(),
		       services[m->service.state], m->service.text);
	else
		printf("%" PRId64 " complete\n", now_ms());
}

static int say_frame(const struct wire_frame *f, struct error *e)
{
	struct wire_readers_more m;
	struct error fault;
	int r;

	if (f->kind == WIRE_FAIL) {
		r = wire_fault_get(f->body, &fault, e);
		if (r == 0)
			printf("fail %s\n", fault.message);
		return r;
	}
	r = wire_readers_more_get(f->body, &m, e);
	if (r == 0)
		say_more(&m);
	return r;
}

static void say_all(struct buf *in)
{
	struct slice rest = buf_slice(in);
	struct wire_frame frame;
	struct error e;
	int r;

	while ((r = wire_frame_next(&rest, &frame, &e)) > 0) {
		r = say_frame(&frame, &e);
		if (r != 0)
			break;
	}
	if (r < 0) {
		printf("broken %s\n", e.message);
		exit(EXIT_FAILURE);
	}
	buf_consume(in, in->len - rest.len);
}

static void listen_to(int fd)
{
	AUTO(buf_fini) struct buf in;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint8_t *at;
	ssize_t got;

	buf_init(&in, 65536);
	while (!ended) {
		if (poll(&p, 1, 20) <= 0)
			continue;
		at = buf_reserve(&in, 4096);
		got = at == NULL ? 0 : recv(fd, at, 4096, 0);
		if (got <= 0)
			return;
		buf_commit(&in, (size_t)got);
		say_all(&in);
	}
}

static void request(int fd)
{
	AUTO(buf_fini) struct buf out;
	const struct wire_readers_req m = { .version = WIRE_VERSION };
	struct error e;
	size_t at;

	buf_init(&out, 64);
	at = wire_frame_begin(&out, WIRE_READERS, WIRE_REQ, 1);
	wire_readers_req_put(&out, &m);
	wire_frame_end(&out, at);
	if (fd_write_all(fd, buf_slice(&out), &e) != 0)
		die("request");
}

static void on_term(int sig)
{
	ended = 1;
}

static int drive(char *program)
{
	char *argv[] = { program, NULL };
	int pair[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		die("socketpair");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		int theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, 10);

		dup2(theirs, 3);
		execv(program, argv);
		die(program);
	}
	close(pair[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("pid %d\n", (int)pid);
	request(pair[0]);
	listen_to(pair[0]);
	close(pair[0]);
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("status %d\n", WEXITSTATUS(status));
	return EXIT_SUCCESS;
}

static int send_commands(const char *path, const char *commands)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		die(path);
	printf("%" PRId64 "\n", now_ms());
	for (; *commands != '\0'; commands++)
		if (send(fd, commands, 1, 0) != 1)
			die(path);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 4 && strcmp(argv[1], "send") == 0)
		return send_commands(argv[2], argv[3]);
	if (argc == 2)
		return drive(argv[1]);
	fprintf(stderr, "usage: reader-driver READER | send SOCKET COMMANDS\n");
	return 2;
}
