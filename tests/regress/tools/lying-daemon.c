/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lying-daemon: starts a signet-worker and breaks the worker protocol.
 *
 *	lying-daemon WORKER HEX
 *
 * Sends the bytes, waits for the worker's end, prints "status N" or "signal
 * N", or "alive" (and kills it) when it is still there after two seconds.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKER_FD 3

static pid_t start(const char *worker, int fd)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (dup2(fd, WORKER_FD) != WORKER_FD)
		_exit(126);
	execl(worker, "signet-worker", (char *)NULL);
	_exit(127);
}

int main(int argc, char **argv)
{
	int pair[2], status, used = 0;
	unsigned byte;
	const char *hex;
	pid_t pid;

	if (argc != 3 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 2;
	pid = start(argv[1], pair[1]);
	close(pair[1]);
	for (hex = argv[2]; sscanf(hex, "%2x%n", &byte, &used) == 1;
	     hex += used) {
		unsigned char c = (unsigned char)byte;

		if (send(pair[0], &c, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	for (int tries = 0; tries < 200; tries++) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			printf("%s %d\n", WIFEXITED(status) ? "status" :
			       "signal", WIFEXITED(status) ?
			       WEXITSTATUS(status) : WTERMSIG(status));
			return 0;
		}
		usleep(10000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	puts("alive");
	return 0;
}
