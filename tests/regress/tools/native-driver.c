/* SPDX-License-Identifier: Apache-2.0 */
/*
 * native-driver [-w N] PROGRAM [ARG]...: a browser for a native messaging
 * host: starts it, and passes messages on.
 *
 * Each line of standard input becomes a message, each message a line of
 * standard output.  A line "!length N" is the four bytes of a length, "!hex
 * XX..." are bytes as they are.  The end of standard input closes the host's,
 * with -w not before there were N messages.  Ends with the status of the host.
 */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"

#define LINE_MAX_BYTES (4u * 1024 * 1024)
#define PIECE (64u * 1024)

static void die(const char *why)
{
	fprintf(stderr, "native-driver: %s\n", why);
	exit(99);
}

static void put(int fd, struct slice bytes)
{
	struct error e;

	/* A host that has ended does not read any more. */
	if (fd >= 0 && fd_write_all(fd, bytes, &e) != 0)
		return;
}

static void send_length(int fd, uint32_t len)
{
	put(fd, slice_of(&len, sizeof(len)));
}

/* One line of the test's, without its end. */
static void send_line(int fd, char *line, size_t len)
{
	struct buf bytes;

	line[len] = '\0';
	if (strncmp(line, "!length ", 8) == 0) {
		send_length(fd, (uint32_t)strtoul(line + 8, NULL, 10));
	} else if (strncmp(line, "!hex ", 5) == 0) {
		buf_init(&bytes, LINE_MAX_BYTES);
		if (!hex_decode(line + 5, &bytes))
			die("no hexadecimal");
		put(fd, buf_slice(&bytes));
		buf_fini(&bytes);
	} else {
		send_length(fd, (uint32_t)len);
		put(fd, slice_of(line, len));
	}
}

static void send_lines(int fd, struct buf *text)
{
	uint8_t *end;

	while (text->len > 0 &&
	       (end = memchr(text->ptr, '\n', text->len)) != NULL) {
		size_t len = (size_t)(end - text->ptr);

		send_line(fd, (char *)text->ptr, len);
		buf_consume(text, len + 1);
	}
}

/* How many there were. */
static unsigned print_messages(struct buf *in)
{
	unsigned count = 0;
	uint32_t len;

	while (in->len >= sizeof(len)) {
		memcpy(&len, in->ptr, sizeof(len));
		if (in->len - sizeof(len) < len)
			break;
		fwrite(in->ptr + sizeof(len), 1, len, stdout);
		putchar('\n');
		buf_consume(in, sizeof(len) + len);
		count++;
	}
	fflush(stdout);
	return count;
}

/* False: its end. */
static bool take(int fd, struct buf *into)
{
	uint8_t piece[PIECE];
	ssize_t got = read(fd, piece, sizeof(piece));

	if (got <= 0)
		return false;
	buf_put(into, piece, (size_t)got);
	if (buf_error(into) != 0)
		die("too long");
	return true;
}

static void pass_on(int to, int from, unsigned wanted)
{
	unsigned heard = 0;
	bool over = false;
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
			       { .fd = from, .events = POLLIN } };
	struct buf lines, messages;

	buf_init(&lines, LINE_MAX_BYTES);
	buf_init(&messages, LINE_MAX_BYTES);
	while (poll(p, 2, -1) >= 0) {
		if (p[0].revents != 0 && !take(STDIN_FILENO, &lines)) {
			over = true;
			p[0].fd = -1;
		}
		send_lines(to, &lines);
		if (p[1].revents != 0 && !take(from, &messages))
			break;
		heard += print_messages(&messages);
		if (over && heard >= wanted) {
			fd_closep(&to);
			to = -1;
		}
	}
	if (messages.len > 0)
		die("half a message");
	fd_closep(&to);
	buf_fini(&lines);
	buf_fini(&messages);
}

static pid_t start(char **argv, int *to, int *from)
{
	int in[2], out[2];
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		die("pipe");
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		signal(SIGPIPE, SIG_DFL);
		execv(argv[0], argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
	return pid;
}

int main(int argc, char **argv)
{
	unsigned wanted = 0;
	int to, from, status = 0;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "-w") == 0) {
		wanted = (unsigned)strtoul(argv[2], NULL, 10);
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		die("no program");
	signal(SIGPIPE, SIG_IGN);
	pid = start(argv + 1, &to, &from);
	if (pid < 0)
		die("fork");
	pass_on(to, from, wanted);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}
