/* SPDX-License-Identifier: Apache-2.0 */
/*
 * piv: the PIV card application (SP 800-73-4 part 2), from a raw APDU to its
 * answer.  Pure but for the randomness of OpenSSL; one thread.
 *
 * It knows nothing of readers, power or faults: that is card.h.
 */
#ifndef CARD_PIV_H
#define CARD_PIV_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/card/apdu.h"
#include "tests/card/management.h"
#include "tests/card/object.h"
#include "tests/card/pin.h"

#define PIV_VERIFY 0x20u
#define PIV_CHANGE 0x24u
#define PIV_RESET_COUNTER 0x2cu
#define PIV_GENERATE 0x47u
#define PIV_AUTHENTICATE 0x87u
#define PIV_SELECT 0xa4u
#define PIV_GET_DATA 0xcbu
#define PIV_PUT_DATA 0xdbu

#define PIV_SLOTS 4u
#define PIV_KEY_MANAGEMENT 0x9bu

/* When a private key may be used (part 1 table 4). */
enum piv_use { PIV_USE_PIN, PIV_USE_PIN_ALWAYS, PIV_USE_FREE };

struct piv_slot {
	uint8_t id;
	enum piv_use use;
	EVP_PKEY *key; /* NULL while empty */
};

struct piv {
	struct piv_slot slots[PIV_SLOTS];
	struct objects objects;
	struct pin pin, puk;
	struct management management;
	uint32_t serial; /* as a YubiKey tells it */

	/* Gone when power is. */
	struct apdu_channel channel;
	bool selected;
	bool verified; /* the PIN, since power on */
	bool fresh;    /* the PIN, by the command just before this one */

	bool corrupt; /* a fault: the next signature has a wrong bit */
};

/* An empty card: 9A, 9C, 9D, 9E without keys. */
void piv_init(struct piv *p);
void piv_fini(struct piv *p);

/* Power came or went: nobody is logged in, no chain is open. */
void piv_reset(struct piv *p);

/* The slot of that id, or NULL. */
struct piv_slot *piv_slot_of(struct piv *p, uint8_t id);

/* One command; appends its answer with the status word. */
void piv_transmit(struct piv *p, struct slice raw, struct buf *out);

#endif
