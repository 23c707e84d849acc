/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_connect: others' sockets and programs, with a deadline.
 */
#include "cli/doctor_connect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cli/doctor.h"

extern char **environ;

int doctor_connect(const char *path, int *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	AUTO(fd_closep) int fd = -1;

	if (strlen(path) >= sizeof(un.sun_path))
		return ENAMETOOLONG;
	memcpy(un.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&un, sizeof(un)) != 0)
		return errno;
	*out = fd_take(&fd);
	return 0;
}

/* 0: something can be done with it; or ETIMEDOUT. */
static int wait_for(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left = (until - clock_mono_ns()) / CLOCK_NS_PER_MS;
	int r;

	if (left <= 0)
		return ETIMEDOUT;
	r = poll(&p, 1, (int)left);
	if (r < 0)
		return errno == EINTR ? 0 : errno;
	return r == 0 ? ETIMEDOUT : 0;
}

int doctor_read(int fd, void *bytes, size_t len, int64_t until)
{
	char *to = bytes;
	ssize_t n;
	int r;

	while (len > 0) {
		r = wait_for(fd, POLLIN, until);
		if (r != 0)
			return r;
		n = read(fd, to, len);
		if (n == 0)
			return ECONNRESET;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return errno;
		if (n > 0) {
			to += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int doctor_write(int fd, const void *bytes, size_t len, int64_t until)
{
	const char *from = bytes;
	ssize_t n;
	int r;

	while (len > 0) {
		r = wait_for(fd, POLLOUT, until);
		if (r != 0)
			return r;
		n = send(fd, from, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return errno == EPIPE ? ECONNRESET : errno;
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int spawn(char *const *argv, int out, pid_t *pid)
{
	posix_spawn_file_actions_t a;
	int r = posix_spawn_file_actions_init(&a);

	if (r != 0)
		return r;
	r = posix_spawn_file_actions_addopen(&a, STDIN_FILENO, "/dev/null",
					     O_RDONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&a, out, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&a, out, STDERR_FILENO);
	if (r == 0)
		r = posix_spawnp(pid, argv[0], &a, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&a);
	return r;
}

/* Until it closes its output; what does not fit is read and dropped. */
static int listen_to(int fd, char *said, size_t size, int64_t until)
{
	size_t used = 0, fits;
	char piece[4096];
	ssize_t n = 1;
	int r = 0;

	while (n != 0 && r == 0) {
		r = wait_for(fd, POLLIN, until);
		if (r != 0)
			break;
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			r = errno;
		fits = size - 1 - used;
		if (n > 0 && (size_t)n < fits)
			fits = (size_t)n;
		if (n > 0) {
			memcpy(said + used, piece, fits);
			used += fits;
		}
	}
	said[used] = '\0';
	return r;
}

int doctor_program(char *const *argv, char *said, size_t size)
{
	int64_t until = clock_mono_ns() + DOCTOR_DEADLINE_MS * CLOCK_NS_PER_MS;
	int ends[2], r, status = 0;
	pid_t pid;

	said[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	r = spawn(argv, ends[1], &pid);
	close(ends[1]);
	if (r == 0) {
		if (listen_to(ends[0], said, size, until) != 0)
			kill(pid, SIGKILL);
		/* With its output closed it could still stay. */
		while (waitpid(pid, &status, WNOHANG) == 0) {
			if (clock_mono_ns() > until)
				kill(pid, SIGKILL);
			poll(NULL, 0, 1);
		}
	}
	close(ends[0]);
	return r == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
