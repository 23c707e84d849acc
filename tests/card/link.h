/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: the way between a reader and the card in it.
 *
 * A link has the descriptors and the protocol; the card (card.h) has the
 * state.  One thread: main.c polls for both.
 */
#ifndef CARD_LINK_H
#define CARD_LINK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct card;
struct error;
struct link;

/* Descriptors that one link polls at most. */
#define LINK_FDS 4u

struct link_ops {
	/* Fill in what to poll for; how many. */
	size_t (*want)(struct link *l, struct pollfd *fds);
	/* The same descriptors, after poll(). */
	void (*ready)(struct link *l, struct pollfd *fds, size_t count);
	/* The card came or went; tell the reader. */
	void (*presence)(struct link *l, bool present);
	/* The reader goes, with the card; NULL where that is impossible. */
	void (*unplug)(struct link *l);
	/* What a command is answered; empty when the card has gone. */
	void (*answer)(struct link *l, struct slice bytes);
	void (*free)(struct link *l);
};

struct link {
	const struct link_ops *ops;
	struct card *card; /* borrowed; set before the first poll */
};

/*
 * A reader of libifd-signet.so: listens at path, whatever was there is
 * replaced.  The reader may come, go and come again.
 */
int link_ifd_new(const char *path, struct link **out, struct error *e);

/* A reader of vsmartcard's vpcd that listens on a port of this machine. */
int link_vpcd_new(const char *port, struct link **out, struct error *e);

#endif
