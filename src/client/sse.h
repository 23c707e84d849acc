/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sse: reading server-sent events (HTML, 9.2.6) as they arrive, in any pieces.
 */
#ifndef SIGNET_CLIENT_SSE_H
#define SIGNET_CLIENT_SSE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

struct error;

/* One line, and the data of one event: signetd's are far shorter. */
#define CLIENT_SSE_MAX (256u * 1024)
#define CLIENT_SSE_ID 64

struct client_sse {
	/*
	 * An event is whole.  Its name is in the data, too (docs/events.md).
	 * A failure ends the reading.
	 */
	int (*event)(void *arg, struct slice data, struct error *e);
	void *arg;
	char id[CLIENT_SSE_ID]; /* the last one that came; "": none */
	struct buf line;
	struct buf data;
	bool has_data;
	bool was_cr; /* a line feed next is part of the same line end */
};

void client_sse_init(struct client_sse *s,
		     int (*event)(void *arg, struct slice data,
				  struct error *e),
		     void *arg);
void client_sse_fini(struct client_sse *s);

/* A new stream: what was begun is forgotten, but not the id. */
void client_sse_reset(struct client_sse *s);

/* ERR_PROTOCOL: a line or an event is too long; or what event() failed with. */
int client_sse_feed(struct client_sse *s, struct slice bytes,
		    struct error *e) MUST_CHECK;

#endif
