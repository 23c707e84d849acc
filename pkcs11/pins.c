/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: the socket by which the PINs of a person come, a packet each.
 */
#include "pkcs11/pins.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"

int p11_pins_check(int fd, struct error *e)
{
	int domain = 0, type = 0;
	socklen_t len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    domain == AF_UNIX && type == SOCK_SEQPACKET)
		return 0;
	return error_set(e, ERR_PROTOCOL, "no socket for PINs came");
}

void p11_pins_set(struct p11_token *t, int fd)
{
	const int on = 1;

	p11_pins_drop(t);
	/* With it a packet has an address: an empty one is no closed socket. */
	setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	t->pins = fd;
}

void p11_pins_drop(struct p11_token *t)
{
	fd_closep(&t->pins);
}

static int pins_wait(const struct p11_token *t, int64_t deadline_ns,
		     struct error *e)
{
	struct pollfd p = { .fd = t->pins, .events = POLLIN };
	int64_t left;
	int n;

	do {
		left = deadline_ns - clock_mono_ns();
		if (left <= 0)
			return error_set(e, ERR_PROMPT, "token %s: no PIN came "
					 "in time", t->info.label);
		left = left / CLOCK_NS_PER_MS + 1;
		n = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
	} while (n == 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return error_set_errno(e, ERR_IO, errno, "poll");
	return 0;
}

/* Length of the packet, also of a longer one; -1: the socket is closed. */
static ssize_t pins_receive(int fd, struct secret *s)
{
	struct iovec part = { s->ptr, SECRET_MAX };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
			    .msg_control = control.room,
			    .msg_controllen = sizeof(control.room) };
	ssize_t got;

	do {
		got = recvmsg(fd, &m, MSG_TRUNC | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	return got == 0 && m.msg_controllen == 0 ? -1 : got;
}

int p11_pins_read(struct p11_token *t, int64_t deadline_ns, struct secret *s,
		  struct error *e)
{
	ssize_t got;
	int r;

	s->len = 0;
	if (t->pins < 0)
		return error_set(e, ERR_NOT_LOGGED_IN, "token %s: nobody was "
				 "asked for its PIN", t->info.label);
	r = pins_wait(t, deadline_ns, e);
	if (r != 0)
		return r;
	got = pins_receive(t->pins, s);
	if (got < 0)
		return error_set(e, ERR_PROMPT, "token %s: the prompt ended "
				 "before it gave a PIN", t->info.label);
	if (got > 0 && got <= SECRET_MAX) {
		s->len = (size_t)got;
		return 0;
	}
	explicit_bzero(s->ptr, SECRET_MAX);
	return error_set(e, ERR_PIN_LENGTH, "a PIN has 1 to %d bytes; it was "
			 "not tried", SECRET_MAX);
}
