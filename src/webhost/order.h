/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: a message of Signet's own extension, read.
 */
#ifndef SIGNET_WEBHOST_ORDER_H
#define SIGNET_WEBHOST_ORDER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

struct error;
struct json_t;

#define ORDER_ID 64u	/* bytes of a text */
#define ORDER_FIELDS 3u /* kinds that there are */

struct order {
	struct json_t *root; /* owns the texts */
	char *id;	     /* as JSON; heap */
	bool cancel;
	const char *origin, *method, *path;
	struct buf fields[ORDER_FIELDS]; /* "Name: value" */
	size_t fields_count;
	char *body; /* JSON, heap; NULL: none */
};

void order_fini(struct order *o);

/*
 * Read a message into o, which is zeroed.  First what it is about: with an id,
 * o->id is set, and the extension can be answered.  ERR_MALFORMED.
 */
int order_read(struct order *o, struct slice message, struct error *e)
	MUST_CHECK;

#endif
