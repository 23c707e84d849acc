/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay: calls to signetd that are under way at the same time, each on a
 * connection of its own.  Answers are passed on as they came.
 *
 * Not a part of libsignet: for signet-webhost, which speaks for others.
 */
#ifndef SIGNET_CLIENT_RELAY_H
#define SIGNET_CLIENT_RELAY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct client_relay;
struct client_relay_call;
struct error;

struct client_relay_answer {
	unsigned status;
	const char *type;	 /* media type, with parameters; or NULL */
	const char *location;	 /* or NULL */
	const char *retry_after; /* or NULL */
	struct slice body;	 /* empty where a stream begins */
};

struct client_relay_order {
	const char *method;
	const char *path;	   /* with its query */
	const char *const *fields; /* "Name: value", to NULL */
	char *body;		   /* JSON, heap, taken over; or NULL */
	/* The answer is there; of a stream, its beginning. */
	void (*answered)(void *arg, const struct client_relay_answer *a);
	/* One event of a stream; id may be "".  A failure ends the stream. */
	int (*event)(void *arg, const char *id, struct slice data,
		     struct error *e);
	/*
	 * It is over, and the call is gone; failure NULL: after an answer, or
	 * a stream that signetd closed.  ERR_NO_DAEMON, ERR_NOT_ALLOWED,
	 * ERR_PROTOCOL, ...
	 */
	void (*ended)(void *arg, const struct error *failure);
	void *arg;
};

/* To the socket at path, which is copied.  ERR_NO_MEMORY. */
int client_relay_new(const char *path, struct client_relay **out,
		     struct error *e) MUST_CHECK;
/* Cancels all; their ended() is not called. */
void client_relay_free(struct client_relay *r);

/*
 * Begin a call; what belongs to the order is copied or taken over in any case.
 * The callbacks are called by client_relay_turn() only.  ERR_NO_MEMORY.
 */
int client_relay_start(struct client_relay *r,
		       const struct client_relay_order *order,
		       struct client_relay_call **out, struct error *e)
	MUST_CHECK;

/*
 * Close its connection: signetd cancels what it was.  None of its callbacks is
 * called any more.  Not from inside event().
 */
void client_relay_cancel(struct client_relay_call *c);

/*
 * Wait for one of the calls, or for fd to be readable or closed, and do what
 * there is to do.  ERR_NO_MEMORY.
 */
int client_relay_turn(struct client_relay *r, int fd, bool *readable,
		      struct error *e) MUST_CHECK;

#endif
