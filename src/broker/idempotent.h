/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idempotent: a request with an Idempotency-Key is signed once.
 *
 * The answer is recorded with the signature, in one transaction: who asks
 * again with the same key and the same body gets the same answer, also after a
 * restart.  What released no signature leaves the key free.
 * (draft-ietf-httpapi-idempotency-key-header)
 */
#ifndef SIGNET_BROKER_IDEMPOTENT_H
#define SIGNET_BROKER_IDEMPOTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "evidence/store.h"

struct error;
struct request;

struct idempotent {
	char key[LIMIT_IDEMPOTENCY_KEY + 1];
	uint8_t digest[CHAIN_HASH]; /* of the body */
	struct store_answer answer; /* of this one, or of the first */
	bool found;		    /* it is of the first: nothing to do */
	bool kept;		    /* it is on the disk: it may leave */
};

/*
 * Give r this key; digest is the SHA-256 of the whole body.  The quotes of a
 * structured field may be there.  ERR_MALFORMED: not 1 to 255 visible
 * characters; ERR_UNSUPPORTED: its answer would be too large to be kept.
 */
int idempotent_new(struct request *r, const char *key, const uint8_t *digest,
		   struct error *e) MUST_CHECK;
void idempotent_free(struct idempotent *i); /* NULL is allowed */

/* ERR_IDEMPOTENCY_*: another one with this key is under way. */
int idempotent_check_running(const struct request *r, struct error *e)
	MUST_CHECK;

/* Was it answered before?  r->idempotent->found.  In any thread; may wait. */
int idempotent_find(struct request *r, struct error *e) MUST_CHECK;

/* Make the answer that is to be kept.  ERR_NOT_DURABLE: it is too large. */
int idempotent_render(struct request *r, struct error *e) MUST_CHECK;

#endif
