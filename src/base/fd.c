/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd: an owned file descriptor.
 */
#include "base/fd.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

void fd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int fd_write_all(int fd, struct slice s, struct error *e)
{
	while (s.len > 0) {
		ssize_t put = write(fd, s.ptr, s.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_set_errno(e, ERR_IO, errno, "write");
		s.ptr += put;
		s.len -= (size_t)put;
	}
	return 0;
}

bool fd_is_socket(int fd, int type)
{
	int domain = 0, is = 0;
	socklen_t len = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &is, &len) == 0 &&
	       domain == AF_UNIX && is == type;
}
