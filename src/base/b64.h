/* SPDX-License-Identifier: Apache-2.0 */
/*
 * b64: base64 (RFC 4648 section 4, padded) and base64url (section 5, not
 * padded, as JOSE has it), strict: one text for one value.
 */
#ifndef SIGNET_BASE_B64_H
#define SIGNET_BASE_B64_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum b64_kind { B64_STD, B64_URL };

/* Length of the text for len bytes. */
size_t b64_encoded_len(enum b64_kind kind, size_t len);

/* Append the text for s to out (look at buf_error(out)). */
void b64_encode(enum b64_kind kind, struct slice s, struct buf *out);

/*
 * Append the bytes of text to out.  ERR_MALFORMED: a character outside the
 * alphabet, missing or surplus padding, or unused bits that are not zero;
 * otherwise as buf_error(out).
 */
int b64_decode(enum b64_kind kind, struct slice text, struct buf *out)
	MUST_CHECK;

/*
 * Decoding in pieces, for a body that is still arriving.  Start with a zeroed
 * state (and its kind), feed pieces of any length, then finish.
 */
struct b64_stream {
	enum b64_kind kind;
	uint32_t bits;	  /* not yet written */
	unsigned count;	  /* characters in bits, 0 to 3 */
	unsigned padding; /* '=' seen */
};

int b64_stream_feed(struct b64_stream *st, struct slice text, struct buf *out)
	MUST_CHECK;
int b64_stream_finish(struct b64_stream *st, struct buf *out) MUST_CHECK;

#endif
