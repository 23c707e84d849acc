/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post: a query to a time-stamping authority, by HTTP (RFC 3161 3.4).
 */
#ifndef SIGNET_STAMP_POST_H
#define SIGNET_STAMP_POST_H

#include "base/attr.h"
#include "base/buf.h"

struct error;

/*
 * POST query (DER) to url, which is http or https; what comes with 200 goes to
 * answer, up to its limit.  Nothing is redirected, and after timeout_ms it is
 * over.  Blocking.  ERR_TIME_STAMP.
 */
int post_query(const char *url, struct slice query, unsigned timeout_ms,
	       struct buf *answer, struct error *e) MUST_CHECK;

#endif
