/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: what tokens the module has.
 *
 * The request has no body.  One WIRE_MORE frame a token, then an empty
 * WIRE_REP.
 */
#ifndef SIGNET_WIRE_TOKENS_H
#define SIGNET_WIRE_TOKENS_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"

/* Flags: CK_TOKEN_INFO flags of PKCS#11 2.40, section 3.2, unchanged. */

struct wire_token {
	uint32_t token;	       /* number of the token in this worker */
	uint64_t slot_id;      /* CK_SLOT_ID, for people reading logs only */
	uint64_t flags;	       /* CKF_... of CK_TOKEN_INFO */
	uint32_t min_pin_len;
	uint32_t max_pin_len;
	char label[LIMIT_LABEL]; /* trimmed UTF-8, all four of CK_TOKEN_INFO */
	char serial[LIMIT_LABEL];
	char manufacturer[LIMIT_LABEL];
	char model[LIMIT_LABEL];
	char slot[LIMIT_LABEL]; /* slotDescription: the reader's name */
};

void wire_token_put(struct buf *out, const struct wire_token *m);
int wire_token_get(struct slice body, struct wire_token *m, struct error *e)
	MUST_CHECK;
/* The same as a part of another message: what is wrong is left in c. */
void wire_token_read(struct cursor *c, struct wire_token *m);

#endif
