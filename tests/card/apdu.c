/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apdu: see apdu.h.
 */
#include "tests/card/apdu.h"

#include "tests/card/sw.h"

#define HEADER 4u
#define LE_ALL_SHORT 256u
#define LE_ALL_EXTENDED 65536u

/* Le of `width` bytes, where zero stands for all; nothing for no width. */
static uint16_t parse_le(struct cursor *c, size_t width, struct apdu *out)
{
	size_t all = width == 1 ? LE_ALL_SHORT : LE_ALL_EXTENDED;

	if (c->rest.len == 0)
		return 0;
	if (c->rest.len != width)
		return SW_LENGTH;
	out->le = width == 1 ? cursor_u8(c) : cursor_u16(c);
	if (out->le == 0)
		out->le = all;
	return 0;
}

static uint16_t parse_extended(struct cursor *c, struct apdu *out)
{
	size_t lc;

	if (c->rest.len == 2)
		return parse_le(c, 2, out);
	lc = cursor_u16(c);
	if (lc == 0 || lc > c->rest.len)
		return SW_LENGTH;
	out->data = cursor_bytes(c, lc);
	return parse_le(c, 2, out);
}

static uint16_t parse_body(struct cursor *c, struct apdu *out)
{
	size_t lc;

	if (c->rest.len <= 1)
		return parse_le(c, 1, out);
	lc = cursor_u8(c);
	if (lc == 0)
		return parse_extended(c, out);
	if (lc > c->rest.len)
		return SW_LENGTH;
	out->data = cursor_bytes(c, lc);
	return parse_le(c, 1, out);
}

uint16_t apdu_parse(struct slice raw, struct apdu *out)
{
	struct cursor c = cursor_of(raw);
	struct apdu a = { 0 };
	uint16_t sw;

	if (raw.len < HEADER)
		return SW_LENGTH;
	a.cla = cursor_u8(&c);
	a.ins = cursor_u8(&c);
	a.p1 = cursor_u8(&c);
	a.p2 = cursor_u8(&c);
	sw = parse_body(&c, &a);
	if (sw == 0 && !cursor_done(&c))
		sw = SW_LENGTH;
	if (sw == 0)
		*out = a;
	return sw;
}

void apdu_channel_init(struct apdu_channel *ch)
{
	*ch = (struct apdu_channel){ .sw = SW_OK };
	buf_init(&ch->chain, APDU_DATA_MAX);
	buf_init(&ch->reply, APDU_DATA_MAX);
}

void apdu_channel_fini(struct apdu_channel *ch)
{
	buf_fini(&ch->chain);
	buf_fini(&ch->reply);
}

static void drop_reply(struct apdu_channel *ch)
{
	buf_reset(&ch->reply);
	ch->sent = 0;
	ch->sw = SW_OK;
}

static void drop_chain(struct apdu_channel *ch)
{
	buf_reset(&ch->chain);
	ch->chaining = false;
}

void apdu_channel_reset(struct apdu_channel *ch)
{
	drop_chain(ch);
	drop_reply(ch);
}

/* Only the chaining bit and the data differ between the parts of a chain. */
static bool same_command(const struct apdu *a, const struct apdu *b)
{
	return ((a->cla ^ b->cla) & ~APDU_CLA_CHAIN) == 0 &&
	       a->ins == b->ins && a->p1 == b->p1 && a->p2 == b->p2;
}

static uint16_t feed_part(struct apdu_channel *ch, const struct apdu *a)
{
	if (!ch->chaining) {
		drop_chain(ch);
		ch->head = *a;
		ch->head.data = slice_of(NULL, 0);
		ch->chaining = true;
	}
	buf_put_slice(&ch->chain, a->data);
	if (buf_error(&ch->chain) != 0) {
		drop_chain(ch);
		return SW_NO_SPACE;
	}
	return SW_OK;
}

uint16_t apdu_feed(struct apdu_channel *ch, struct slice raw,
		   struct apdu *out)
{
	struct apdu a;
	uint16_t sw = apdu_parse(raw, &a);

	if (sw != 0)
		return sw;
	if (a.ins == APDU_GET_RESPONSE && !ch->chaining) {
		*out = a;
		return 0;
	}
	drop_reply(ch);
	if (ch->chaining && !same_command(&ch->head, &a)) {
		drop_chain(ch);
		return SW_CHAIN;
	}
	if (!ch->chaining && (a.cla & APDU_CLA_CHAIN) == 0) {
		*out = a;
		return 0;
	}
	sw = feed_part(ch, &a);
	if (sw != SW_OK || (a.cla & APDU_CLA_CHAIN) != 0)
		return sw;
	a.data = buf_slice(&ch->chain);
	ch->chaining = false;
	*out = a;
	return 0;
}

void apdu_emit(struct apdu_channel *ch, size_t le, struct buf *out)
{
	size_t left = ch->reply.len - ch->sent;
	size_t now = left < le ? left : le;
	uint16_t sw = ch->sw;

	if (now > 0)
		buf_put(out, ch->reply.ptr + ch->sent, now);
	ch->sent += now;
	left -= now;
	if (left > 0)
		sw = (uint16_t)(SW_MORE | (left > 255 ? 0 : left));
	buf_put_u16(out, sw);
}
