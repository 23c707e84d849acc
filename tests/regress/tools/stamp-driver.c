/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp-driver: is signetd to one signet-stamp, for one request.
 *
 *	stamp-driver PROGRAM URL CA POLICY TIMEOUT_MS TEXT
 *
 * Writes the stamp of TEXT to standard output, or "CODE: MESSAGE" to standard
 * error, and ends with status 1 then.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "wire/fault.h"
#include "wire/stamp.h"

static void die(const char *what)
{
	fprintf(stderr, "stamp-driver: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static int spawn(const char *program)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		die("socketpair");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(pair[1], 3);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	return pair[0];
}

static void ask(int fd, char **argv)
{
	struct wire_stamp_req m = {
		.version = WIRE_VERSION,
		.timeout_ms = (uint32_t)strtoul(argv[5], NULL, 10),
		.what = slice_str(argv[6]),
	};
	AUTO(buf_fini) struct buf out;
	struct error e;
	size_t at;

	snprintf(m.url, sizeof(m.url), "%s", argv[2]);
	snprintf(m.ca, sizeof(m.ca), "%s", argv[3]);
	snprintf(m.policy, sizeof(m.policy), "%s", argv[4]);
	buf_init(&out, 8192);
	at = wire_frame_begin(&out, WIRE_STAMP, WIRE_REQ, 1);
	wire_stamp_req_put(&out, &m);
	wire_frame_end(&out, at);
	if (fd_write_all(fd, buf_slice(&out), &e) != 0)
		die("write");
}

static int say(const struct wire_frame *f)
{
	struct wire_stamp_rep rep;
	struct error why, e;

	if (f->kind == WIRE_REP && wire_stamp_rep_get(f->body, &rep, &e) == 0)
		return fwrite(rep.stamp.ptr, 1, rep.stamp.len, stdout) ==
			rep.stamp.len ? EXIT_SUCCESS : EXIT_FAILURE;
	if (f->kind == WIRE_FAIL && wire_fault_get(f->body, &why, &e) == 0)
		fprintf(stderr, "%s: %s\n", err_info(why.code)->code,
			why.message);
	return EXIT_FAILURE;
}

static int hear(int fd)
{
	AUTO(buf_fini) struct buf in;
	struct wire_frame frame;
	struct slice rest;
	struct error e;
	uint8_t *at;
	ssize_t got;

	buf_init(&in, LIMIT_FRAME);
	for (;;) {
		rest = buf_slice(&in);
		if (wire_frame_next(&rest, &frame, &e) > 0)
			return say(&frame);
		at = buf_reserve(&in, 4096);
		got = at == NULL ? 0 : read(fd, at, 4096);
		if (got <= 0)
			break;
		buf_commit(&in, (size_t)got);
	}
	fprintf(stderr, "no answer\n");
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	int fd, heard, status;

	if (argc != 7) {
		fprintf(stderr, "usage: stamp-driver PROGRAM URL CA POLICY"
			" TIMEOUT_MS TEXT\n");
		return 2;
	}
	fd = spawn(argv[1]);
	ask(fd, argv);
	heard = hear(fd);
	close(fd);
	wait(&status);
	return heard;
}
