/* SPDX-License-Identifier: Apache-2.0 */
/*
 * management: the card management key 9B and the two ways to prove that one
 * has it (SP 800-73-4 part 2 section 3.2.4 and appendix A.1).
 */
#ifndef CARD_MANAGEMENT_H
#define CARD_MANAGEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define MANAGEMENT_3DES 0x03u
#define MANAGEMENT_AES128 0x08u
#define MANAGEMENT_AES192 0x0au
#define MANAGEMENT_AES256 0x0cu

#define MANAGEMENT_KEY_MAX 32u
#define MANAGEMENT_BLOCK_MAX 16u

struct management_cipher;

struct management {
	const struct management_cipher *cipher; /* NULL: there is no key */
	uint8_t key[MANAGEMENT_KEY_MAX];
	bool authenticated;
	/* What this card gave out, and waits to see again. */
	enum { MANAGEMENT_IDLE, MANAGEMENT_CHALLENGE, MANAGEMENT_WITNESS } step;
	uint8_t given[MANAGEMENT_BLOCK_MAX];
};

/* False when the key has not the length of the algorithm. */
bool management_set(struct management *m, uint8_t algorithm,
		    struct slice key) MUST_CHECK;

/* MANAGEMENT_*, or 0 when there is no key. */
uint8_t management_algorithm(const struct management *m);

/* Power was lost, or another application selected. */
void management_reset(struct management *m);

/*
 * One step: what is inside 7C of the command; the content of the answer's 7C
 * into reply.  0 or the status word of a refusal.
 */
uint16_t management_step(struct management *m, uint8_t algorithm,
			 struct slice content, struct buf *reply) MUST_CHECK;

#endif
