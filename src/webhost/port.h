/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port: one extension at the other end of standard input and output, and what
 * is asked of signetd for it.
 */
#ifndef SIGNET_WEBHOST_PORT_H
#define SIGNET_WEBHOST_PORT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "client/relay.h"
#include "webhost/native.h"

struct port;

/* One of the two protocols, docs/PROTOCOL.webhost. */
struct port_protocol {
	size_t most; /* bytes of a message */
	/* The first word, before any message. */
	int (*begin)(struct port *p, struct error *e);
	/* A message; a failure is told by refuse(), and the port ends. */
	int (*message)(struct port *p, struct slice message, struct error *e);
	void (*refuse)(struct port *p, const struct error *why);
	/* The port ends: what is under way is cancelled. */
	void (*end)(struct port *p);
};

struct port {
	const struct port_protocol *protocol;
	struct native in;
	int out;
	const char *socket;
	struct client_relay *relay;
	bool ended; /* nothing more is read or written */
	void *state; /* of the protocol */
};

/*
 * Serve until standard input ends or the protocol does, whatever happens.
 * ERR_IO, ERR_NO_MEMORY: it did not end as it should.
 */
int port_serve(struct port *p, const struct port_protocol *protocol,
	       const char *socket, int in, int out, struct error *e)
	MUST_CHECK;

/* Write JSON, which must not have failed; if it cannot be, the port ends. */
void port_write(struct port *p, const struct buf *json);

/*
 * client_relay_start(), for a page, after having started the user's signetd if
 * none listens.  fields of the order are others than the origin's.
 * ERR_MALFORMED: the origin is none; ERR_NO_DAEMON, ERR_CONFIG, ...
 */
int port_call(struct port *p, const char *origin,
	      const struct client_relay_order *order,
	      struct client_relay_call **out, struct error *e) MUST_CHECK;

#endif
