/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_vpcd: a card in a reader of vsmartcard's vpcd, over TCP.
 *
 * vpcd listens; a connection is a card in its reader.  Both sides send two
 * bytes of length and then that many; one byte from vpcd is no APDU but a
 * request about power.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "tests/card/card.h"
#include "tests/card/link.h"

enum { VPCD_OFF = 0, VPCD_ON = 1, VPCD_RESET = 2, VPCD_ATR = 4 };

#define LENGTH_BYTES 2u

struct link_vpcd {
	struct link link;
	char port[8];
	int fd; /* -1: the card is not in */
	struct buf in;
};

static struct link_vpcd *of(struct link *l)
{
	return (struct link_vpcd *)l;
}

static int set(int fd, int option)
{
	int yes = 1;

	return setsockopt(fd, IPPROTO_TCP, option, &yes, sizeof(yes));
}

static void send_bytes(struct link_vpcd *l, struct slice bytes)
{
	AUTO(buf_fini) struct buf out;

	buf_init(&out, LENGTH_BYTES + APDU_MAX);
	buf_put_u16(&out, (uint16_t)bytes.len);
	buf_put_slice(&out, bytes);
	if (l->fd >= 0 && (buf_error(&out) != 0 ||
			   fd_write_all(l->fd, buf_slice(&out), NULL) != 0))
		fd_closep(&l->fd);
}

static int connect_reader(const char *port, struct error *e)
{
	AUTO(fd_closep) int fd = -1;
	struct addrinfo hints = { .ai_family = AF_INET,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *to = NULL;
	int refused = 0;

	if (getaddrinfo("127.0.0.1", port, &hints, &to) != 0)
		return error_set(e, ERR_USAGE, "port %s", port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen) != 0)
		refused = errno;
	freeaddrinfo(to);
	if (refused != 0)
		return error_set_errno(e, ERR_IO, refused, "port %s", port);
	if (set(fd, TCP_NODELAY) != 0)
		return error_set_errno(e, ERR_IO, errno, "TCP_NODELAY");
	return fd_take(&fd);
}

static void presence(struct link *link, bool present)
{
	struct link_vpcd *l = of(link);

	fd_closep(&l->fd);
	buf_reset(&l->in);
	if (!present)
		return;
	l->fd = connect_reader(l->port, NULL);
	if (l->fd < 0)
		link->card->present = false;
}

static void answer(struct link *link, struct slice bytes)
{
	/* That a card has gone is told by the end of the connection. */
	if (bytes.len > 0)
		send_bytes(of(link), bytes);
}

static void obey(struct link_vpcd *l, struct slice message)
{
	if (message.len != 1) {
		card_transmit(l->link.card, message);
		return;
	}
	switch (message.ptr[0]) {
	case VPCD_OFF:
		card_power_off(l->link.card);
		break;
	case VPCD_ON:
	case VPCD_RESET:
		card_power_on(l->link.card);
		break;
	case VPCD_ATR:
		send_bytes(l, card_atr());
		break;
	}
}

/* One whole message at the front of what came in; false when there is none. */
static bool obey_next(struct link_vpcd *l)
{
	AUTO(buf_fini) struct buf message;
	struct cursor c = cursor_of(buf_slice(&l->in));
	size_t len = cursor_u16(&c);
	struct slice bytes = cursor_bytes(&c, len);

	buf_init(&message, APDU_MAX);
	if (c.failed)
		return false;
	buf_put_slice(&message, bytes);
	buf_consume(&l->in, LENGTH_BYTES + len);
	obey(l, buf_slice(&message));
	return true;
}

static size_t want(struct link *link, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = of(link)->fd, .events = POLLIN };
	return 1;
}

static void ready(struct link *link, struct pollfd *fds, size_t count)
{
	struct link_vpcd *l = of(link);
	uint8_t bytes[4096];
	ssize_t len;

	if (fds[0].revents == 0 || l->fd != fds[0].fd)
		return;
	/* The kernel forgets it: without, each APDU costs 44 ms. */
	(void)set(l->fd, TCP_QUICKACK);
	len = read(l->fd, bytes, sizeof(bytes));
	if (len <= 0) {
		card_remove(link->card);
		return;
	}
	buf_put(&l->in, bytes, (size_t)len);
	while (l->fd >= 0 && obey_next(l))
		continue;
}

static void link_vpcd_free(struct link *link)
{
	struct link_vpcd *l = of(link);

	fd_closep(&l->fd);
	buf_fini(&l->in);
	free(l);
}

static const struct link_ops ops = {
	.want = want,
	.ready = ready,
	.presence = presence,
	.answer = answer,
	.free = link_vpcd_free,
};

int link_vpcd_new(const char *port, struct link **out, struct error *e)
{
	struct link_vpcd *l;

	if (strlen(port) >= sizeof(l->port))
		return error_set(e, ERR_USAGE, "port %s", port);
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return error_set(e, ERR_NO_MEMORY, "port %s", port);
	l->link.ops = &ops;
	memcpy(l->port, port, strlen(port));
	l->fd = -1;
	buf_init(&l->in, 2 * (LENGTH_BYTES + APDU_MAX));
	*out = &l->link;
	return 0;
}
