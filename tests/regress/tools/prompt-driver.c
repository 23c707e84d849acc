/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompt-driver: is signetd and a worker to one signet-prompt.
 *
 *	prompt-driver PROMPT REQUEST [ACTION FILE]
 *
 * Sends the line in REQUEST ("-": nothing at all) and prints what comes:
 *
 *	answer {...}	what signetd was told
 *	pin TEXT	a packet that the worker had when the answer came
 *	late TEXT	a packet that came after the answer
 *	status N, signal N
 *
 * ACTION happens as soon as FILE exists: withdraw (signetd closes),
 * worker-ends, kill (the prompt gets SIGKILL), say-more (signetd sends another
 * byte).
 * Without a PIN in the request no worker is given: "pins":[].
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"

#define DRIVER_TICK_MS 20

struct driver {
	int prompt, worker; /* our ends; -1 closed */
	pid_t pid;
	const char *action, *file;
	struct buf answer;
};

static void die(const char *what)
{
	fprintf(stderr, "prompt-driver: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void read_request(const char *path, struct buf *line)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		die(path);
	do {
		uint8_t *at = buf_reserve(line, 65536);

		if (at == NULL)
			die(path);
		got = read(fd, at, 65536);
		if (got > 0)
			buf_commit(line, (size_t)got);
	} while (got > 0);
	close(fd);
}

static void start(struct driver *d, const char *program, bool with_worker)
{
	int stream[2], packet[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) != 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, packet) != 0)
		die("socketpair");
	d->pid = fork();
	if (d->pid < 0)
		die("fork");
	if (d->pid == 0) {
		/* Out of the way of 3 and 4. */
		int a = fcntl(stream[1], F_DUPFD_CLOEXEC, 20);
		int b = fcntl(packet[1], F_DUPFD_CLOEXEC, 20);

		dup2(a, 3);
		close(4);
		if (with_worker)
			dup2(b, 4);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(stream[1]);
	close(packet[1]);
	d->prompt = stream[0];
	d->worker = packet[0];
}

static void act(struct driver *d)
{
	if (d->action == NULL || access(d->file, F_OK) != 0)
		return;
	if (strcmp(d->action, "withdraw") == 0) {
		close(d->prompt);
		d->prompt = -1;
	} else if (strcmp(d->action, "worker-ends") == 0) {
		close(d->worker);
		d->worker = -1;
	} else if (strcmp(d->action, "say-more") == 0) {
		send(d->prompt, "x", 1, MSG_NOSIGNAL);
	} else if (strcmp(d->action, "kill") == 0) {
		kill(d->pid, SIGKILL);
	}
	d->action = NULL;
}

/* Packets that are there now. */
static void drain(const struct driver *d, const char *word)
{
	char packet[4096];
	ssize_t got;

	while (d->worker >= 0 &&
	       (got = recv(d->worker, packet, sizeof(packet),
			   MSG_DONTWAIT)) > 0)
		printf("%s %.*s\n", word, (int)got, packet);
}

static bool read_answer(struct driver *d)
{
	uint8_t *at = buf_reserve(&d->answer, 4096);
	ssize_t got = at == NULL ? 0 : read(d->prompt, at, 4096);

	if (got <= 0) {
		close(d->prompt);
		d->prompt = -1;
		return false;
	}
	buf_commit(&d->answer, (size_t)got);
	if (d->answer.ptr[d->answer.len - 1] != '\n')
		return false;
	drain(d, "pin");
	printf("answer %s", buf_text(&d->answer));
	buf_reset(&d->answer);
	return true;
}

static int watch(struct driver *d)
{
	int status = 0;

	for (;;) {
		struct pollfd p = { .fd = d->prompt, .events = POLLIN };

		act(d);
		if (poll(&p, 1, DRIVER_TICK_MS) > 0 && p.revents != 0)
			read_answer(d);
		if (waitpid(d->pid, &status, WNOHANG) == d->pid)
			break;
	}
	/* What it said just before its end. */
	while (d->prompt >= 0)
		read_answer(d);
	drain(d, "late");
	return status;
}

int main(int argc, char **argv)
{
	struct driver d = { .prompt = -1 };
	struct buf line = { 0 };
	int status;

	if (argc != 3 && argc != 5)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	buf_init(&line, 32u * 1024 * 1024);
	buf_init(&d.answer, 1u << 20);
	d.action = argc == 5 ? argv[3] : NULL;
	d.file = argc == 5 ? argv[4] : NULL;
	if (strcmp(argv[2], "-") != 0)
		read_request(argv[2], &line);
	start(&d, argv[1], strstr(buf_text(&line), "\"pins\":[]") == NULL);
	/* A prompt that does not want it all closes. */
	if (line.len > 0 && fd_write_all(d.prompt, buf_slice(&line), NULL) != 0)
		fprintf(stderr, "prompt-driver: not all was taken\n");
	status = watch(&d);
	if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("status %d\n", WEXITSTATUS(status));
	buf_fini(&line);
	buf_fini(&d.answer);
	return EXIT_SUCCESS;
}
