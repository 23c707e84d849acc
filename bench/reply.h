/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply: requests as bytes, and as much of the answers as has to be read.
 */
#ifndef SIGNET_BENCH_REPLY_H
#define SIGNET_BENCH_REPLY_H

#include "bench/key.h"

struct buf;

/*
 * A POST /v1/signatures of the content by a key, format raw; or of a batch with
 * the content so many times, where batch is not 0.
 */
int reply_request(const struct key *key, unsigned batch, struct buf *out,
		  struct error *e) MUST_CHECK;

struct reply {
	unsigned status;
	struct slice body; /* borrowed */
	size_t len;	   /* header and body */
};

/*
 * The answer at the beginning of in: 1 with *out set, 0 when it is not whole
 * yet, ERR_PROTOCOL when it has no Content-Length.
 */
int reply_next(struct slice in, struct reply *out, struct error *e) MUST_CHECK;

/* The signature in a body, verified.  ERR_MISMATCH, ERR_PROTOCOL. */
int reply_verify(const struct key *key, struct slice body, struct error *e)
	MUST_CHECK;

#endif
