/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sampling: which signatures are verified before they leave.
 *
 * All of them, but of tokens with "check: sampled": there the first of each
 * worker and key, then one in so many.  What a person approved is always
 * verified.  A signature that is none by its key ends the worker that gave it;
 * what comes in its place is verified altogether, for a time.
 */
#ifndef SIGNET_BROKER_SAMPLING_H
#define SIGNET_BROKER_SAMPLING_H

#include <stdbool.h>

struct error;
struct request;

/* Of one request's items; filled in the loop, read in any thread. */
struct sampling {
	bool proven;	/* this worker has given a good one by this key */
	unsigned every; /* 1: each is verified */
	unsigned place; /* of the first item; each that every divides is */
};

struct token;

/* Is it one of those with "check: sampled"? */
bool sampling_applies(const struct token *t);

/* Of this many items that are signed, before they are checked. */
void sampling_begin(struct request *r, unsigned count, struct sampling *out);

bool sampling_wants(const struct sampling *s, unsigned item);

/* How many of the first count items are wanted. */
unsigned sampling_count(const struct sampling *s, unsigned count);

/* All that were wanted are good. */
void sampling_passed(struct request *r);

/* One was not: ends its worker, if that is still there. */
void sampling_failed(struct request *r, const struct error *why);

#endif
