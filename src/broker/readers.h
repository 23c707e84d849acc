/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: what PC/SC has, as signet-reader tells it (docs/PROTOCOL.worker).
 *
 * Keeps one signet-reader running and a table of the readers.  What it tells
 * is the truth about cards: which is in, since when, and whether it is still
 * the same.  Where there is no PC/SC it says so in words, and nothing else
 * happens.
 */
#ifndef SIGNET_BROKER_READERS_H
#define SIGNET_BROKER_READERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "wire/readers.h"

struct error;
struct event_base;
struct readers;

struct reader {
	char name[LIMIT_LABEL];
	enum wire_reader_state state;
	uint32_t events; /* as wire_reader */
	uint8_t atr[WIRE_ATR_MAX];
	size_t atr_len;
	int64_t since;	 /* seconds since 1970: that card, or empty */
	bool confirmed;	 /* by the signet-reader that runs now */
};

/*
 * Called from the loop, never from a function here; none may free the readers.
 * Any may be NULL.  The reader is borrowed for the call.
 *
 * inserted() and removed() come in turn for each reader.  A card that was
 * swapped, or was out in between, is removed and inserted; so are all cards
 * when pcscd was restarted.  A reader that is unplugged with its card, or a
 * pcscd that ends, removes.  When signet-reader itself ends, nothing is
 * removed: its successor tells what changed.
 */
struct readers_owner {
	/* The reader itself was plugged in, or is gone. */
	void (*added)(void *arg, const struct reader *r, bool added);
	void (*inserted)(void *arg, const struct reader *r);
	void (*removed)(void *arg, const struct reader *r);
	/* The same card: it went mute or came back, is kept or let go. */
	void (*changed)(void *arg, const struct reader *r);
	/* The first look is over, see readers_complete(). */
	void (*complete)(void *arg);
	/* Of PC/SC as a whole; text says what to do. */
	void (*service)(void *arg, const struct wire_service *s);
	void *arg;
};

/*
 * program is the path of signet-reader, or NULL: there is none.  environment
 * as of worker_setup; both are borrowed until the end (PCSCLITE_CSOCK_NAME is
 * what libpcsclite looks at).  ERR_NO_MEMORY only: whatever else goes wrong is
 * told as the state of the service.
 */
int readers_new(struct event_base *base, const char *program,
		char *const *environment, const struct readers_owner *owner,
		struct readers **out, struct error *e) MUST_CHECK;

/* signet-reader is ended; nothing is called any more.  NULL is allowed. */
void readers_free(struct readers *r);

/* The first look is over: what is not in the table is not there. */
bool readers_complete(const struct readers *r);

/* state 0: signet-reader has not said anything yet. */
const struct wire_service *readers_service(const struct readers *r);

/* The table: index from 0; NULL behind the last. */
const struct reader *readers_at(const struct readers *r, unsigned index);
const struct reader *readers_find(const struct readers *r, const char *name);

#endif
