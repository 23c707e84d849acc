/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: records, each with the hash of the one before (docs/PROTOCOL.evidence,
 * section 2).
 */
#ifndef SIGNET_EVIDENCE_CHAIN_H
#define SIGNET_EVIDENCE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define CHAIN_HASH 32u /* bytes: SHA-256 */

/* "2026-11-24T09:30:00.123Z" and its NUL. */
#define CHAIN_TIME_SIZE 40

/* Where it ends.  Zeroed: before the first record. */
struct chain {
	uint64_t sequence;
	uint8_t hash[CHAIN_HASH];
};

/*
 * The record of an event (JSON in canonical form) behind what c ends with,
 * into out, which is emptied before; next is where the chain ends with it.
 * time is chain_time()'s text.  What fails is left in out.
 */
void chain_put(const struct chain *c, struct slice event,
	       const char *time, struct buf *out, struct chain *next);

/* SHA-256 of s, into out[CHAIN_HASH]. */
void chain_hash(struct slice s, uint8_t *out);

/* time_ms (since 1970) in RFC 3339, with milliseconds: out[CHAIN_TIME_SIZE]. */
void chain_time(int64_t time_ms, char *out);

/* Is that what text is? */
bool chain_time_is(const char *text);

#endif
