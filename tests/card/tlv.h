/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tlv: BER-TLV as PIV uses it: tags of one to three bytes, lengths below 64 K.
 * Pure.
 */
#ifndef CARD_TLV_H
#define CARD_TLV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct tlv {
	uint32_t tag;
	struct slice value; /* borrowed */
};

/* The next element; false at the end, and (c->failed) on what is no TLV. */
bool tlv_next(struct cursor *c, struct tlv *out);

/*
 * The first element with this tag directly in s; false when there is none, or
 * s is not TLV up to there.
 */
bool tlv_find(struct slice s, uint32_t tag, struct slice *out);

void tlv_put(struct buf *b, uint32_t tag, struct slice value);

#endif
