/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_ifd: the card's end of wire.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "tests/card/card.h"
#include "tests/card/link.h"
#include "tests/card/listen.h"
#include "tests/card/wire.h"

struct link_ifd {
	struct link link;
	int listener;
	int fresh; /* connected, has not said what it is */
	int events;
	int commands;
	uint8_t packet[WIRE_MAX];
};

static struct link_ifd *of(struct link *l)
{
	return (struct link_ifd *)l;
}

/* Who does not read is gone: the reader never leaves anything unread. */
static void say(int *fd, enum wire what, struct slice bytes)
{
	uint8_t type = (uint8_t)what;
	struct iovec parts[2] = {
		{ .iov_base = &type, .iov_len = 1 },
		{ .iov_len = bytes.len },
	};
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };

	/* sendmsg() does not write to it. */
	memcpy(&parts[1].iov_base, &bytes.ptr, sizeof(bytes.ptr));
	if (*fd >= 0 && sendmsg(*fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		fd_closep(fd);
}

static void presence(struct link *l, bool present)
{
	say(&of(l)->events, present ? WIRE_IN : WIRE_OUT, slice_of(NULL, 0));
}

static void unplug(struct link *l)
{
	say(&of(l)->events, WIRE_UNPLUGGED, slice_of(NULL, 0));
}

static void answer(struct link *l, struct slice bytes)
{
	say(&of(l)->commands, bytes.len > 0 ? WIRE_APDU : WIRE_GONE, bytes);
}

static void power_on(struct link_ifd *l)
{
	struct slice atr = card_power_on(l->link.card);

	say(&l->commands, atr.len > 0 ? WIRE_ATR : WIRE_GONE, atr);
}

static void obey(struct link_ifd *l, struct slice packet)
{
	switch (packet.ptr[0]) {
	case WIRE_ON:
	case WIRE_RESET:
		power_on(l);
		break;
	case WIRE_OFF:
		card_power_off(l->link.card);
		say(&l->commands, WIRE_DONE, slice_of(NULL, 0));
		break;
	case WIRE_APDU:
		card_transmit(l->link.card,
			      slice_of(packet.ptr + 1, packet.len - 1));
		break;
	default:
		fd_closep(&l->commands);
	}
}

/* A packet; its connection is closed at its end, or at an empty one. */
static struct slice receive(struct link_ifd *l, int *fd)
{
	ssize_t len = recv(*fd, l->packet, sizeof(l->packet), 0);

	if (len > 0)
		return slice_of(l->packet, (size_t)len);
	fd_closep(fd);
	return slice_of(NULL, 0);
}

static void welcome(struct link_ifd *l)
{
	struct slice packet = receive(l, &l->fresh);

	if (packet.len == 0)
		return;
	if (packet.ptr[0] == WIRE_EVENTS) {
		fd_closep(&l->events);
		l->events = fd_take(&l->fresh);
		presence(&l->link, l->link.card->present);
	} else if (packet.ptr[0] == WIRE_COMMANDS) {
		fd_closep(&l->commands);
		l->commands = fd_take(&l->fresh);
		/* Whoever waited for an answer was the reader before. */
		l->link.card->waiting = false;
	}
	fd_closep(&l->fresh);
}

static void accept_one(struct link_ifd *l)
{
	int fd = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	fd_closep(&l->fresh);
	l->fresh = fd;
}

static size_t want(struct link *link, struct pollfd *fds)
{
	struct link_ifd *l = of(link);
	int all[LINK_FDS] = { l->listener, l->fresh, l->events, l->commands };

	for (size_t i = 0; i < LINK_FDS; i++)
		fds[i] = (struct pollfd){ .fd = all[i], .events = POLLIN };
	return LINK_FDS;
}

static void ready(struct link *link, struct pollfd *fds, size_t count)
{
	struct link_ifd *l = of(link);
	struct slice packet;

	if (fds[3].revents != 0 && l->commands == fds[3].fd) {
		packet = receive(l, &l->commands);
		if (packet.len > 0)
			obey(l, packet);
	}
	if (fds[2].revents != 0 && l->events == fds[2].fd)
		receive(l, &l->events);
	if (fds[1].revents != 0 && l->fresh == fds[1].fd)
		welcome(l);
	if (fds[0].revents != 0)
		accept_one(l);
}

static void link_ifd_free(struct link *link)
{
	struct link_ifd *l = of(link);

	fd_closep(&l->listener);
	fd_closep(&l->fresh);
	fd_closep(&l->events);
	fd_closep(&l->commands);
	free(l);
}

static const struct link_ops ops = {
	.want = want,
	.ready = ready,
	.presence = presence,
	.unplug = unplug,
	.answer = answer,
	.free = link_ifd_free,
};

int link_ifd_new(const char *path, struct link **out, struct error *e)
{
	int fd = listen_unix(path, SOCK_SEQPACKET, e);
	struct link_ifd *l;

	if (fd < 0)
		return fd;
	l = malloc(sizeof(*l));
	if (l == NULL) {
		close(fd);
		return error_set(e, ERR_NO_MEMORY, "%s", path);
	}
	l->link = (struct link){ .ops = &ops };
	l->listener = fd;
	l->fresh = l->events = l->commands = -1;
	*out = &l->link;
	return 0;
}
