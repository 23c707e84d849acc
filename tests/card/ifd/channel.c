/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel: see channel.h.
 */
#include "tests/card/ifd/channel.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

int channel_open(const char *path, enum wire purpose)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	uint8_t first = (uint8_t)purpose;
	int fd;

	if (strlen(path) >= sizeof(to.sun_path))
		return -1;
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	     send(fd, &first, 1, MSG_NOSIGNAL) != 1))
		channel_close(&fd);
	return fd;
}

void channel_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool send_packet(int fd, enum wire what, struct slice bytes)
{
	uint8_t type = (uint8_t)what;
	struct iovec parts[2] = {
		{ .iov_base = &type, .iov_len = 1 },
		{ .iov_len = bytes.len },
	};
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };

	/* sendmsg() does not write to it. */
	memcpy(&parts[1].iov_base, &bytes.ptr, sizeof(bytes.ptr));
	return sendmsg(fd, &m, MSG_NOSIGNAL) > 0;
}

/* The length of a packet less its type; -1 for the end of the connection. */
static ssize_t receive_packet(int fd, uint8_t *type, uint8_t *out, size_t max)
{
	struct iovec parts[2] = {
		{ .iov_base = type, .iov_len = 1 },
		{ .iov_base = out, .iov_len = max },
	};
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t len;

	do {
		len = recvmsg(fd, &m, 0);
	} while (len < 0 && errno == EINTR);
	if (len <= 0 || (m.msg_flags & MSG_TRUNC) != 0)
		return -1;
	return len - 1;
}

bool channel_ask(int *fd, enum wire what, struct slice bytes,
		 enum wire expected, uint8_t *answer, size_t *len)
{
	uint8_t type = 0;
	ssize_t got = -1;

	if (*fd < 0)
		return false;
	if (send_packet(*fd, what, bytes))
		got = receive_packet(*fd, &type, answer, *len);
	if (got < 0) {
		channel_close(fd);
		return false;
	}
	*len = (size_t)got;
	return type == expected;
}
