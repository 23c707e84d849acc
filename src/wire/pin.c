/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: change a PIN, unblock a token, or initialise one.
 */
#include "wire/pin.h"

#include "wire/body.h"

void wire_pin_req_put(struct buf *out, const struct wire_pin_req *m)
{
	buf_put_u32(out, m->token);
	buf_put_u8(out, (uint8_t)m->op);
	buf_put_u8(out, (uint8_t)m->login);
	buf_put_u8(out, m->flags);
	wire_put_text(out, m->label);
}

int wire_pin_req_get(struct slice body, struct wire_pin_req *m,
		     struct error *e)
{
	struct cursor c = cursor_of(body);
	unsigned op, login;

	m->token = cursor_u32(&c);
	op = cursor_u8(&c);
	login = cursor_u8(&c);
	m->flags = cursor_u8(&c);
	cursor_text(&c, m->label, sizeof(m->label));
	if (op < WIRE_PIN_CHANGE || op > WIRE_PIN_INIT ||
	    login < WIRE_LOGIN_PIN || login > WIRE_LOGIN_PAD ||
	    (m->flags & ~WIRE_PIN_FLAGS) != 0 ||
	    (op != WIRE_PIN_INIT && m->label[0] != '\0'))
		c.failed = true;
	m->op = op;
	m->login = login;
	return wire_body_end(&c, e);
}

void wire_pin_rep_put(struct buf *out, const struct wire_pin_rep *m)
{
	wire_token_put(out, &m->token);
}

int wire_pin_rep_get(struct slice body, struct wire_pin_rep *m,
		     struct error *e)
{
	return wire_token_get(body, &m->token, e);
}
