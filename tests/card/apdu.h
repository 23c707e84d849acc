/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apdu: command APDUs as they come, chains of them put together, and answers
 * that are fetched in pieces (ISO 7816-4 sections 5.1 to 5.3).  Pure.
 */
#ifndef CARD_APDU_H
#define CARD_APDU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define APDU_CLA_CHAIN 0x10u
#define APDU_GET_RESPONSE 0xc0u

/* The largest object is a certificate; all chains are bounded by this. */
#define APDU_DATA_MAX 8192u
/* The largest command or answer: an extended one. */
#define APDU_MAX (9u + 65535u)

struct apdu {
	uint8_t cla, ins, p1, p2;
	struct slice data; /* borrowed: of the raw command, or of the chain */
	size_t le; /* bytes wanted: 256 or 65536 for "all", 0 for none */
};

/*
 * Take a raw command apart: cases 1 to 4, short and extended.  0, or
 * SW_LENGTH when the lengths in it do not agree with its own.
 */
uint16_t apdu_parse(struct slice raw, struct apdu *out) MUST_CHECK;

/* What one logical channel remembers between commands. */
struct apdu_channel {
	struct apdu head; /* of the chain that comes in; without data */
	bool chaining;
	struct buf chain;
	struct buf reply; /* the answer that is going out, from `sent` on */
	size_t sent;
	uint16_t sw;
};

void apdu_channel_init(struct apdu_channel *ch);
void apdu_channel_fini(struct apdu_channel *ch);
/* Forget everything: power was lost. */
void apdu_channel_reset(struct apdu_channel *ch);

/*
 * A raw command came.  0: *out is a whole command (data borrowed until the
 * next call) and ch->reply is empty, to be filled; a GET RESPONSE leaves the
 * reply as it was.  Else the status word to answer at once: SW_OK for a part
 * of a chain.
 */
uint16_t apdu_feed(struct apdu_channel *ch, struct slice raw,
		   struct apdu *out) MUST_CHECK;

/*
 * Append the next piece of ch->reply, at most le bytes, and its status word:
 * 61xx while there is more, ch->sw at the end.
 */
void apdu_emit(struct apdu_channel *ch, size_t le, struct buf *out);

#endif
