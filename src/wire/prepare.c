/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare: make a token ready for the PINs of a person, and look at it.
 */
#include "wire/prepare.h"

#include "wire/body.h"

void wire_prepare_req_put(struct buf *out, const struct wire_prepare_req *m)
{
	buf_put_u32(out, m->token);
	buf_put_u32(out, m->pins);
}

int wire_prepare_req_get(struct slice body, struct wire_prepare_req *m,
			 struct error *e)
{
	struct cursor c = cursor_of(body);

	m->token = cursor_u32(&c);
	m->pins = cursor_u32(&c);
	if (m->pins > LIMIT_PINS)
		c.failed = true;
	return wire_body_end(&c, e);
}

void wire_prepare_rep_put(struct buf *out, const struct wire_prepare_rep *m)
{
	wire_token_put(out, &m->token);
	buf_put_u8(out, m->logged_in);
}

int wire_prepare_rep_get(struct slice body, struct wire_prepare_rep *m,
			 struct error *e)
{
	struct cursor c = cursor_of(body);
	unsigned logged_in;

	wire_token_read(&c, &m->token);
	logged_in = cursor_u8(&c);
	if (logged_in > 1)
		c.failed = true;
	m->logged_in = logged_in != 0;
	return wire_body_end(&c, e);
}
