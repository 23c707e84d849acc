/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agreement: what a supervisor, and then the signer, signed to agree to a
 * request, read back (docs/PROTOCOL.evidence, section 3).
 */
#ifndef SIGNET_EVIDENCE_AGREEMENT_H
#define SIGNET_EVIDENCE_AGREEMENT_H

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/*
 * The statement in a JWS, in canonical form, into out.  ERR_MALFORMED: it has
 * none.
 */
int agreement_statement(struct slice jws, struct buf *out, struct error *e)
	MUST_CHECK;

/* The header of it, the same. */
int agreement_header(struct slice jws, struct buf *out, struct error *e)
	MUST_CHECK;

/*
 * Is jws what approval, a member of the event's, says: these bytes, signed by
 * the certificate in them, which is the one that is named, over a statement of
 * that request and of its contents?  Who vouches for the certificate is not
 * judged.  ERR_BAD_SIGNATURE: it is not, and why.
 */
int agreement_check(const json_t *event, const json_t *approval,
		    struct slice jws, struct error *e) MUST_CHECK;

#endif
