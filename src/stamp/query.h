/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query: what a time-stamping authority is asked, and its answer (RFC 3161).
 */
#ifndef SIGNET_STAMP_QUERY_H
#define SIGNET_STAMP_QUERY_H

#include "base/attr.h"
#include "base/buf.h"

struct error;
struct query;

/*
 * Ask for a stamp over the SHA-256 of what, by this policy (OID; "": any),
 * with a nonce and with the authority's certificates.  ERR_CRYPTO.
 */
int query_new(struct slice what, const char *policy, struct query **out,
	      struct error *e) MUST_CHECK;
void query_free(struct query *q); /* NULL is allowed */
void query_freep(struct query **q);

/* TimeStampReq, DER; borrowed. */
struct slice query_der(const struct query *q);

/*
 * Is answer (TimeStampResp, DER) a stamp of just this query, by an authority
 * that the certificates of the file ca (PEM) vouch for?  Then the
 * TimeStampToken goes to stamp.  ERR_TIME_STAMP: it is not, and why.
 */
int query_accept(const struct query *q, struct slice answer, const char *ca,
		 struct buf *stamp, struct error *e) MUST_CHECK;

#endif
