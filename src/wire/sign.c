/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: one signature by one key.
 */
#include "wire/sign.h"

#include "wire/body.h"

void wire_sign_req_put(struct buf *out, const struct wire_sign_req *m)
{
	buf_put_u32(out, m->token);
	buf_put(out, m->identity, sizeof(m->identity));
	buf_put_u8(out, (uint8_t)m->mechanism);
	buf_put_u8(out, (uint8_t)m->hash);
	buf_put_u64(out, (uint64_t)m->deadline_ns);
	buf_put_block(out, m->data);
}

int wire_sign_req_get(struct slice body, struct wire_sign_req *m,
		      struct error *e)
{
	struct cursor c = cursor_of(body);
	unsigned mechanism, hash;
	struct slice identity;

	m->token = cursor_u32(&c);
	identity = cursor_bytes(&c, sizeof(m->identity));
	mechanism = cursor_u8(&c);
	hash = cursor_u8(&c);
	if (mechanism < WIRE_RSA_PKCS || mechanism > WIRE_EDDSA ||
	    hash > WIRE_SHA512)
		c.failed = true;
	m->mechanism = mechanism;
	m->hash = hash;
	m->deadline_ns = (int64_t)cursor_u64(&c);
	m->data = cursor_block(&c, LIMIT_EDDSA_MESSAGE);
	if (!c.failed)
		memcpy(m->identity, identity.ptr, sizeof(m->identity));
	return wire_body_end(&c, e);
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
