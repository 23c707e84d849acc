/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tlv: see tlv.h.
 */
#include "tests/card/tlv.h"

#include "base/err.h"

#define TAG_LONG 0x1fu	 /* in the first byte: more bytes of the tag follow */
#define TAG_AGAIN 0x80u	 /* in a following byte: one more */
#define LENGTH_LONG 0x80u

static uint32_t next_tag(struct cursor *c)
{
	uint32_t tag = cursor_u8(c);
	uint8_t byte;

	if ((tag & TAG_LONG) != TAG_LONG)
		return tag;
	do {
		byte = cursor_u8(c);
		tag = tag << 8 | byte;
	} while ((byte & TAG_AGAIN) != 0 && tag <= 0xffff && !c->failed);
	if ((byte & TAG_AGAIN) != 0)
		c->failed = true;
	return tag;
}

static size_t next_length(struct cursor *c)
{
	uint8_t first = cursor_u8(c);

	if (first < LENGTH_LONG)
		return first;
	if (first == (LENGTH_LONG | 1))
		return cursor_u8(c);
	if (first == (LENGTH_LONG | 2))
		return cursor_u16(c);
	c->failed = true;
	return 0;
}

bool tlv_next(struct cursor *c, struct tlv *out)
{
	struct tlv t;

	if (c->failed || c->rest.len == 0)
		return false;
	t.tag = next_tag(c);
	t.value = cursor_bytes(c, next_length(c));
	if (c->failed)
		return false;
	*out = t;
	return true;
}

bool tlv_find(struct slice s, uint32_t tag, struct slice *out)
{
	struct cursor c = cursor_of(s);
	struct tlv t;

	while (tlv_next(&c, &t)) {
		if (t.tag != tag)
			continue;
		*out = t.value;
		return true;
	}
	return false;
}

static void put_tag(struct buf *b, uint32_t tag)
{
	if (tag > 0xffff)
		buf_put_u8(b, (uint8_t)(tag >> 16));
	if (tag > 0xff)
		buf_put_u8(b, (uint8_t)(tag >> 8));
	buf_put_u8(b, (uint8_t)tag);
}

void tlv_put(struct buf *b, uint32_t tag, struct slice value)
{
	if (value.len > 0xffff) {
		b->failed = ERR_TOO_LARGE;
		return;
	}
	put_tag(b, tag);
	if (value.len > 0xff) {
		buf_put_u8(b, LENGTH_LONG | 2);
		buf_put_u16(b, (uint16_t)value.len);
	} else {
		if (value.len >= LENGTH_LONG)
			buf_put_u8(b, LENGTH_LONG | 1);
		buf_put_u8(b, (uint8_t)value.len);
	}
	buf_put_slice(b, value);
}
