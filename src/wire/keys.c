/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: the key pairs of a token and their certificates.
 */
#include "wire/keys.h"

#include "wire/body.h"

void wire_keys_req_put(struct buf *out, const struct wire_keys_req *m)
{
	buf_put_u32(out, m->token);
}

int wire_keys_req_get(struct slice body, struct wire_keys_req *m,
		      struct error *e)
{
	struct cursor c = cursor_of(body);

	m->token = cursor_u32(&c);
	return wire_body_end(&c, e);
}

void wire_key_put(struct buf *out, const struct wire_key *m)
{
	buf_put_u32(out, m->token);
	buf_put(out, m->identity, sizeof(m->identity));
	buf_put_u8(out, (uint8_t)m->type);
	buf_put_u32(out, m->bits);
	buf_put_u32(out, m->flags);
	wire_put_text(out, m->curve);
	wire_put_text(out, m->label);
	buf_put_block(out, m->id);
	buf_put_block(out, m->spki);
	buf_put_block(out, m->certificate);
}

int wire_key_get(struct slice body, struct wire_key *m, struct error *e)
{
	struct cursor c = cursor_of(body);
	struct slice identity;
	unsigned type;

	m->token = cursor_u32(&c);
	identity = cursor_bytes(&c, sizeof(m->identity));
	type = cursor_u8(&c);
	if (type < WIRE_KEY_RSA || type > WIRE_KEY_ED)
		c.failed = true;
	m->type = type;
	m->bits = cursor_u32(&c);
	m->flags = cursor_u32(&c);
	cursor_text(&c, m->curve, sizeof(m->curve));
	cursor_text(&c, m->label, sizeof(m->label));
	m->id = cursor_block(&c, LIMIT_KEY_ID);
	m->spki = cursor_block(&c, LIMIT_SPKI);
	m->certificate = cursor_block(&c, LIMIT_CERTIFICATE);
	if (!c.failed)
		memcpy(m->identity, identity.ptr, sizeof(m->identity));
	return wire_body_end(&c, e);
}
