/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature: the answer to a request: one signature, or those of a batch.
 */
#ifndef SIGNET_CLIENT_SIGNATURE_H
#define SIGNET_CLIENT_SIGNATURE_H

#include <jansson.h>

#include "base/slice.h"
#include "client/list.h"
#include "signet.h"

struct error;

struct signet_signature {
	struct client_list certificates; /* its root is the whole answer */
	const char *id, *state, *key, *algorithm, *format;
	struct client_item_result *items; /* heap */
	size_t signed_count;		  /* of items */
	size_t count;			  /* that were asked for */
};

/*
 * Read an answer of signetd.  ERR_PROTOCOL: it is not one; ERR_NO_MEMORY.
 */
int client_signature_read(struct slice answer, struct signet_signature **out,
			  struct error *e) MUST_CHECK;

/*
 * Read what had been signed out of the problem document of a batch of that
 * format that broke off.  *out is NULL when there is nothing.
 */
int client_signature_partial(struct slice problem, enum signet_format format,
			     struct signet_signature **out, struct error *e)
	MUST_CHECK;

/* Its one signature, of this many bytes, went to the output. */
int client_signature_went(struct signet_signature *s, size_t len,
			  struct error *e) MUST_CHECK;

#endif
