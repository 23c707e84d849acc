/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lying-signer: a signet-worker that breaks the worker protocol when it has
 * signed.
 *
 * Put beside a copy of signetd as signet-worker, with the true one beside it
 * as true-worker: every frame goes to and fro unchanged.  While a file "lie"
 * is there, the next answer to a signature is replaced by its bytes
 * (hexadecimal text; "id" stands for the id of the answer), the file removed,
 * and nothing more comes.
 */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKER_FD 3
#define HEAD 12
#define FRAME_MAX (2u * 1024 * 1024)
#define TYPE_SIGN 5

static unsigned char frame[FRAME_MAX];

static void beside(const char *name, char *path)
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 32);

	if (len <= 0)
		exit(EXIT_FAILURE);
	path[len] = '\0';
	snprintf(strrchr(path, '/') + 1, 32, "%s", name);
}

static int start_true_worker(void)
{
	char path[PATH_MAX];
	int pair[2];

	beside("true-worker", path);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		exit(EXIT_FAILURE);
	if (fork() == 0) {
		if (dup2(pair[1], WORKER_FD) != WORKER_FD)
			_exit(126);
		execl(path, "true-worker", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	return pair[0];
}

static void put(int fd, const unsigned char *bytes, size_t len)
{
	if (send(fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		exit(EXIT_SUCCESS);
}

static void get(int fd, unsigned char *bytes, size_t len)
{
	if (len > 0 && recv(fd, bytes, len, MSG_WAITALL) != (ssize_t)len)
		exit(EXIT_SUCCESS);
}

static size_t get_frame(int fd)
{
	size_t len;

	get(fd, frame, HEAD);
	len = 4 + ((size_t)frame[0] << 24 | (size_t)frame[1] << 16 |
		   (size_t)frame[2] << 8 | frame[3]);
	if (len < HEAD || len > sizeof(frame))
		exit(EXIT_FAILURE);
	get(fd, frame + HEAD, len - HEAD);
	return len;
}

static size_t read_lie(unsigned char *out, size_t max)
{
	char path[PATH_MAX], word[3];
	size_t n = 0;
	FILE *f;

	beside("lie", path);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (n + 4 <= max && fscanf(f, "%2s", word) == 1) {
		if (strcmp(word, "id") == 0) {
			memcpy(out + n, frame + 8, 4);
			n += 4;
		} else {
			out[n++] = (unsigned char)strtoul(word, NULL, 16);
		}
	}
	fclose(f);
	unlink(path);
	return n;
}

static void answer(int from)
{
	unsigned char lie[4096];
	size_t len = get_frame(from), n = 0;

	if ((frame[4] << 8 | frame[5]) == TYPE_SIGN)
		n = read_lie(lie, sizeof(lie));
	put(WORKER_FD, n > 0 ? lie : frame, n > 0 ? n : len);
	while (n > 0)
		pause();
}

int main(void)
{
	int fd = start_true_worker();
	struct pollfd p[] = { { WORKER_FD, POLLIN, 0 }, { fd, POLLIN, 0 } };

	while (poll(p, 2, -1) > 0) {
		if (p[1].revents != 0)
			answer(fd);
		if (p[0].revents != 0)
			put(fd, frame, get_frame(WORKER_FD));
	}
	return EXIT_FAILURE;
}
