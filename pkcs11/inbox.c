/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox: requests from signetd, and the descriptors that come with them.
 */
#include "pkcs11/inbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/limits.h"

/* Room for one read: many small requests, or a part of a large one. */
#define READ_SIZE (64u * 1024)
#define READ_MAX (LIMIT_FRAME + 4 + READ_SIZE)

void p11_inbox_init(struct p11_inbox *box, int fd)
{
	box->fd = fd;
	box->passed_count = 0;
	buf_init(&box->buf, READ_MAX);
}

void p11_inbox_fini(struct p11_inbox *box)
{
	int fd;

	while ((fd = p11_inbox_take(box)) >= 0)
		fd_closep(&fd);
	buf_fini(&box->buf);
}

/* As many as there is room for; the others are closed.  False: too many. */
static bool inbox_keep(struct p11_inbox *box, const struct cmsghdr *c)
{
	size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool fit = true;
	int fd;

	for (size_t i = 0; i < count; i++) {
		memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
		if (box->passed_count < P11_INBOX_PASSED) {
			box->passed[box->passed_count++] = fd;
		} else {
			fd_closep(&fd);
			fit = false;
		}
	}
	return fit;
}

static int inbox_passed(struct p11_inbox *box, struct msghdr *m,
			struct error *e)
{
	bool fit = (m->msg_flags & MSG_CTRUNC) == 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			fit = inbox_keep(box, c) && fit;
	if (fit)
		return 0;
	return error_set(e, ERR_PROTOCOL, "more descriptors than requests for "
			 "them");
}

int p11_inbox_read(struct p11_inbox *box, struct error *e)
{
	struct iovec part = { buf_reserve(&box->buf, READ_SIZE), READ_SIZE };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(P11_INBOX_PASSED * sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
			    .msg_control = control.room,
			    .msg_controllen = sizeof(control.room) };
	ssize_t got;
	int r;

	if (part.iov_base == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a request");
	do {
		got = recvmsg(box->fd, &m, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return 0;
	buf_commit(&box->buf, (size_t)got);
	r = m.msg_controllen == 0 ? 0 : inbox_passed(box, &m, e);
	return r != 0 ? r : 1;
}

int p11_inbox_peek(const struct p11_inbox *box)
{
	return box->passed_count == 0 ? -1 : box->passed[0];
}

int p11_inbox_take(struct p11_inbox *box)
{
	int fd = p11_inbox_peek(box);

	if (fd < 0)
		return -1;
	box->passed_count--;
	memmove(box->passed, box->passed + 1,
		box->passed_count * sizeof(box->passed[0]));
	return fd;
}

int p11_inbox_used(struct p11_inbox *box, size_t left, struct error *e)
{
	buf_consume(&box->buf, box->buf.len - left);
	/* A part of a frame may have brought its own already, and only one. */
	if (box->passed_count <= (left > 0))
		return 0;
	return error_set(e, ERR_PROTOCOL, "a descriptor came with a request "
			 "that wants none");
}
