/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: one or several signatures by one key.
 */
#include "wire/sign.h"

#include "wire/body.h"

/* Bytes before the items, and of an item before its data. */
#define SIGN_HEAD (4 + WIRE_KEY_IDENTITY + 8 + 1 + 1 + 4)
#define SIGN_ITEM_HEAD (1 + 1 + 4)

size_t wire_sign_req_size(const struct wire_sign_req *m)
{
	size_t n = SIGN_HEAD;

	for (uint32_t i = 0; i < m->count; i++)
		n += SIGN_ITEM_HEAD + m->items[i].data.len;
	return n;
}

static void sign_item_put(struct buf *out, const struct wire_sign_item *item)
{
	buf_put_u8(out, (uint8_t)item->mechanism);
	buf_put_u8(out, (uint8_t)item->hash);
	buf_put_block(out, item->data);
}

void wire_sign_req_put(struct buf *out, const struct wire_sign_req *m)
{
	buf_put_u32(out, m->token);
	buf_put(out, m->identity, sizeof(m->identity));
	buf_put_u64(out, (uint64_t)m->deadline_ns);
	buf_put_u8(out, (uint8_t)m->login);
	buf_put_u8(out, m->flags);
	buf_put_u32(out, m->count);
	for (uint32_t i = 0; i < m->count; i++)
		sign_item_put(out, &m->items[i]);
}

static void sign_item_read(struct cursor *c, struct wire_sign_item *item)
{
	unsigned mechanism = cursor_u8(c), hash = cursor_u8(c);

	if (mechanism < WIRE_RSA_PKCS || mechanism > WIRE_EDDSA ||
	    hash > WIRE_SHA512)
		c->failed = true;
	item->mechanism = mechanism;
	item->hash = hash;
	item->data = cursor_block(c, LIMIT_EDDSA_MESSAGE);
}

static void sign_items_read(struct cursor *c, struct wire_sign_req *m)
{
	struct wire_sign_item item;

	if (m->count == 0 || m->count > LIMIT_BATCH)
		c->failed = true;
	m->items = NULL;
	m->encoded = c->rest;
	for (uint32_t i = 0; i < m->count && !c->failed; i++)
		sign_item_read(c, &item);
}

int wire_sign_req_get(struct slice body, struct wire_sign_req *m,
		      struct error *e)
{
	struct cursor c = cursor_of(body);
	struct slice identity;
	unsigned login;

	m->token = cursor_u32(&c);
	identity = cursor_bytes(&c, sizeof(m->identity));
	m->deadline_ns = (int64_t)cursor_u64(&c);
	login = cursor_u8(&c);
	m->login = login;
	m->flags = cursor_u8(&c);
	m->count = cursor_u32(&c);
	if (login > WIRE_LOGIN_PAD ||
	    (m->flags & ~(WIRE_SIGN_KEEP | WIRE_SIGN_REUSE)) != 0)
		c.failed = true;
	sign_items_read(&c, m);
	if (!c.failed)
		memcpy(m->identity, identity.ptr, sizeof(m->identity));
	return wire_body_end(&c, e);
}

bool wire_sign_item_next(struct cursor *at, struct wire_sign_item *item)
{
	if (at->failed || at->rest.len == 0)
		return false;
	sign_item_read(at, item);
	return !at->failed;
}

void wire_sign_rep_put(struct buf *out, const struct wire_sign_rep *m)
{
	buf_put_block(out, m->signature);
}

int wire_sign_rep_get(struct slice body, struct wire_sign_rep *m,
		      struct error *e)
{
	struct cursor c = cursor_of(body);

	m->signature = cursor_block(&c, LIMIT_SIGNATURE);
	if (m->signature.len == 0)
		c.failed = true;
	return wire_body_end(&c, e);
}
