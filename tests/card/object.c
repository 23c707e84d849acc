/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object: see object.h.
 */
#include "tests/card/object.h"

#include "tests/card/tlv.h"

#define TAG_DATA 0x53u

void objects_fini(struct objects *o)
{
	for (size_t i = 0; i < o->count; i++)
		buf_fini(&o->list[i].value);
	o->count = 0;
}

static struct object *find(struct objects *o, uint32_t tag)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].tag == tag)
			return &o->list[i];
	return NULL;
}

const struct object *objects_get(const struct objects *o, uint32_t tag)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].tag == tag)
			return &o->list[i];
	return NULL;
}

static void remove_object(struct objects *o, struct object *old)
{
	buf_fini(&old->value);
	*old = o->list[--o->count];
}

bool objects_put(struct objects *o, uint32_t tag, struct slice value)
{
	struct object *to = find(o, tag);

	if (value.len > OBJECT_SIZE_MAX)
		return false;
	if (value.len == 0) {
		if (to != NULL)
			remove_object(o, to);
		return true;
	}
	if (to == NULL) {
		if (o->count == OBJECT_MAX)
			return false;
		to = &o->list[o->count++];
		to->tag = tag;
		buf_init(&to->value, OBJECT_SIZE_MAX);
	}
	buf_reset(&to->value);
	buf_put_slice(&to->value, value);
	return buf_error(&to->value) == 0;
}

void object_emit(const struct object *o, struct buf *out)
{
	/* The discovery object is its own outer tag (part 1 section 3.3.2). */
	tlv_put(out, o->tag == OBJECT_DISCOVERY ? o->tag : TAG_DATA,
		buf_slice(&o->value));
}

uint32_t object_of_slot(uint8_t slot)
{
	switch (slot) {
	case 0x9a:
		return 0x5fc105;
	case 0x9c:
		return 0x5fc10a;
	case 0x9d:
		return 0x5fc10b;
	case 0x9e:
		return 0x5fc101;
	default:
		return 0;
	}
}

bool objects_put_certificate(struct objects *o, uint8_t slot,
			     struct slice der)
{
	AUTO(buf_fini) struct buf value;
	uint32_t tag = object_of_slot(slot);

	buf_init(&value, OBJECT_SIZE_MAX);
	tlv_put(&value, 0x70, der);
	tlv_put(&value, 0x71, slice_of("\0", 1)); /* not compressed */
	tlv_put(&value, 0xfe, slice_of(NULL, 0));
	return tag != 0 && buf_error(&value) == 0 &&
	       objects_put(o, tag, buf_slice(&value));
}

/* Part 1 table 9: no agency (all nines), our GUID, valid to the end of 2049. */
static bool put_chuid(struct objects *o, const uint8_t guid[OBJECT_GUID_SIZE])
{
	static const uint8_t fascn[25] = {
		0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce,
		0x73, 0x9d, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10,
		0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb,
	};
	AUTO(buf_fini) struct buf value;

	buf_init(&value, OBJECT_SIZE_MAX);
	tlv_put(&value, 0x30, slice_of(fascn, sizeof(fascn)));
	tlv_put(&value, 0x34, slice_of(guid, OBJECT_GUID_SIZE));
	tlv_put(&value, 0x35, slice_str("20491231"));
	tlv_put(&value, 0x3e, slice_of(NULL, 0));
	tlv_put(&value, 0xfe, slice_of(NULL, 0));
	return objects_put(o, OBJECT_CHUID, buf_slice(&value));
}

/* Part 1 table 8, with every optional element empty. */
static bool put_capabilities(struct objects *o)
{
	static const uint8_t identifier[21] = {
		0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02,
	};
	static const uint8_t empty[] = { 0xf3, 0xf6, 0xf7, 0xfa, 0xfb,
					 0xfc, 0xfd, 0xfe };
	AUTO(buf_fini) struct buf value;

	buf_init(&value, OBJECT_SIZE_MAX);
	tlv_put(&value, 0xf0, slice_of(identifier, sizeof(identifier)));
	tlv_put(&value, 0xf1, slice_of("\x21", 1));
	tlv_put(&value, 0xf2, slice_of("\x21", 1));
	tlv_put(&value, 0xf4, slice_of("\0", 1));
	tlv_put(&value, 0xf5, slice_of("\x10", 1));
	for (size_t i = 0; i < sizeof(empty); i++)
		tlv_put(&value, empty[i], slice_of(NULL, 0));
	return objects_put(o, OBJECT_CAPABILITIES, buf_slice(&value));
}

/* Part 1 table 18: the PIV application's own PIN, and no other. */
static bool put_discovery(struct objects *o)
{
	static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00,
				       0x00, 0x10, 0x00, 0x01, 0x00 };
	AUTO(buf_fini) struct buf value;

	buf_init(&value, OBJECT_SIZE_MAX);
	tlv_put(&value, 0x4f, slice_of(aid, sizeof(aid)));
	tlv_put(&value, 0x5f2f, slice_of("\x40\0", 2));
	return objects_put(o, OBJECT_DISCOVERY, buf_slice(&value));
}

bool objects_put_standard(struct objects *o,
			  const uint8_t guid[OBJECT_GUID_SIZE])
{
	return put_chuid(o, guid) && put_capabilities(o) && put_discovery(o);
}
