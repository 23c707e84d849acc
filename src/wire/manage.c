/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manage: a new key pair on the token, or a certificate brought to it.
 */
#include "wire/manage.h"

#include "wire/body.h"

void wire_manage_req_put(struct buf *out, const struct wire_manage_req *m)
{
	buf_put_u32(out, m->token);
	buf_put_u8(out, (uint8_t)m->op);
	buf_put_u8(out, (uint8_t)m->login);
	buf_put_u8(out, m->flags);
	wire_put_text(out, m->label);
	buf_put_block(out, m->id);
	buf_put_block(out, m->certificate);
}

int wire_manage_req_get(struct slice body, struct wire_manage_req *m,
			struct error *e)
{
	struct cursor c = cursor_of(body);
	unsigned op, login;

	m->token = cursor_u32(&c);
	op = cursor_u8(&c);
	login = cursor_u8(&c);
	m->flags = (uint8_t)cursor_u8(&c);
	cursor_text(&c, m->label, sizeof(m->label));
	m->id = cursor_block(&c, LIMIT_KEY_ID);
	m->certificate = cursor_block(&c, LIMIT_CERTIFICATE);
	if (op < WIRE_MANAGE_P256 || op > WIRE_MANAGE_CERTIFICATE ||
	    login < WIRE_LOGIN_PIN || login > WIRE_LOGIN_PAD ||
	    m->flags > WIRE_MANAGE_SO || m->id.len == 0 ||
	    (op == WIRE_MANAGE_CERTIFICATE) != (m->certificate.len != 0))
		c.failed = true;
	m->op = op;
	m->login = login;
	return wire_body_end(&c, e);
}

void wire_manage_rep_put(struct buf *out, const struct wire_manage_rep *m)
{
	buf_put_block(out, m->spki);
}

int wire_manage_rep_get(struct slice body, struct wire_manage_rep *m,
			struct error *e)
{
	struct cursor c = cursor_of(body);

	m->spki = cursor_block(&c, LIMIT_SPKI);
	if (m->spki.len == 0)
		c.failed = true;
	return wire_body_end(&c, e);
}
