/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: what signet-reader says of PC/SC.
 *
 * One request, once; then a WIRE_MORE frame for every change, until signetd
 * closes the socket.  First the service; when it runs, each reader it has and a
 * mark that these were all; then what changes.  A service that does not run
 * has no readers: those that were reported are gone, without a frame each.
 */
#ifndef SIGNET_WIRE_READERS_H
#define SIGNET_WIRE_READERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"

/* Bytes of an answer to reset, ISO 7816-3: TS and 32 more. */
#define WIRE_ATR_MAX 33

struct wire_readers_req {
	uint32_t version; /* WIRE_VERSION of signetd */
};

enum wire_reader_state {
	WIRE_READER_EMPTY = 1,
	WIRE_READER_PRESENT = 2,   /* a card, which others may use too */
	WIRE_READER_MUTE = 3,	   /* a card that does not answer */
	WIRE_READER_EXCLUSIVE = 4, /* a card that another program keeps */
	WIRE_READER_GONE = 5,	   /* the reader was unplugged, or has failed */
};

struct wire_reader {
	char name[LIMIT_LABEL]; /* as PC/SC has it; it is what tells readers */
	enum wire_reader_state state;
	/* There was a card before and is one now, and it is another, or was
	 * out in between. */
	bool swapped;
	/* Insertions and removals pcscd has counted, from 0 to 65535 and
	 * again from 0. */
	uint32_t events;
	struct slice atr; /* up to WIRE_ATR_MAX; empty: none known */
};

enum wire_service_state {
	WIRE_SERVICE_RUNNING = 1,
	WIRE_SERVICE_DOWN = 2,	  /* pcscd does not run */
	WIRE_SERVICE_REFUSED = 3, /* it does not let us */
	WIRE_SERVICE_FAILED = 4,  /* something else; it is tried again */
};

struct wire_service {
	enum wire_service_state state;
	char text[LIMIT_LABEL]; /* for people, with what to do; "" if running */
};

/* The first field of a WIRE_MORE frame: what it is about. */
enum wire_readers_about {
	WIRE_READERS_READER = 1,
	WIRE_READERS_SERVICE = 2,
	WIRE_READERS_COMPLETE = 3, /* all readers that are there were told */
};

struct wire_readers_more {
	enum wire_readers_about about;
	union {
		struct wire_reader reader;
		struct wire_service service;
	};
};

/* A card is in the reader, of whatever state. */
bool wire_reader_has_card(enum wire_reader_state state);

/* ERR_PROTOCOL for what cannot be; slices point into the body. */
void wire_readers_req_put(struct buf *out, const struct wire_readers_req *m);
int wire_readers_req_get(struct slice body, struct wire_readers_req *m,
			 struct error *e) MUST_CHECK;
void wire_readers_more_put(struct buf *out, const struct wire_readers_more *m);
int wire_readers_more_get(struct slice body, struct wire_readers_more *m,
			  struct error *e) MUST_CHECK;

#endif
