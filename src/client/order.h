/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: a request as the body of POST /v1/signatures.
 */
#ifndef SIGNET_CLIENT_ORDER_H
#define SIGNET_CLIENT_ORDER_H

#include "client/body.h"
#include "client/request.h"

struct client_order {
	struct buf text;
	struct client_part *parts; /* heap: one an item, and the end */
	size_t count;
};

void client_order_fini(struct client_order *o);

/*
 * Make the texts around the contents; *o is initialised here, and is to be
 * released also on failure.  The contents of r are borrowed.  ERR_USAGE: an
 * item has no content, or a text is not UTF-8; or a batch has an output.
 * ERR_TOO_LARGE: more names and payments than signetd takes, or an attached
 * batch whose result would not fit into an answer.
 */
int client_order_make(const struct signet_request *r, struct client_order *o,
		      struct error *e) MUST_CHECK;

#endif
