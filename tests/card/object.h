/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object: the data objects of the card by tag (SP 800-73-4 part 1 table 3):
 * certificates, CHUID, discovery object and whatever PUT DATA stores.  Pure.
 */
#ifndef CARD_OBJECT_H
#define CARD_OBJECT_H

#include <stdint.h>

#include "base/buf.h"

#define OBJECT_MAX 48u	     /* objects of one card */
#define OBJECT_SIZE_MAX 4096u /* bytes of one */

#define OBJECT_DISCOVERY 0x7eu
#define OBJECT_CHUID 0x5fc102u
#define OBJECT_CAPABILITIES 0x5fc107u

#define OBJECT_GUID_SIZE 16u

struct object {
	uint32_t tag;
	struct buf value; /* what is inside 53, or inside 7E */
};

struct objects {
	struct object list[OBJECT_MAX];
	size_t count;
};

void objects_fini(struct objects *o);

/* Store, replace, or with an empty value delete.  False: no room. */
bool objects_put(struct objects *o, uint32_t tag, struct slice value)
	MUST_CHECK;

/* The content of an object, or NULL. */
const struct object *objects_get(const struct objects *o, uint32_t tag);

/* As GET DATA answers it: with its outer tag. */
void object_emit(const struct object *o, struct buf *out);

/* The certificate object of a slot (9A, 9C, 9D, 9E); 0 for other slots. */
uint32_t object_of_slot(uint8_t slot);

/* Store a certificate (DER) as the object of a slot.  False: no room. */
bool objects_put_certificate(struct objects *o, uint8_t slot,
			     struct slice der) MUST_CHECK;

/* CHUID, capability container and discovery object.  False: no room. */
bool objects_put_standard(struct objects *o,
			  const uint8_t guid[OBJECT_GUID_SIZE]) MUST_CHECK;

#endif
