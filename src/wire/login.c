/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login: log in to a token with the PIN of a pin-source file, and log out.
 */
#include "wire/login.h"

#include "wire/body.h"

void wire_login_req_put(struct buf *out, const struct wire_login_req *m)
{
	buf_put_u32(out, m->token);
	wire_put_text(out, m->pin_source);
}

int wire_login_req_get(struct slice body, struct wire_login_req *m,
		       struct error *e)
{
	struct cursor c = cursor_of(body);

	m->token = cursor_u32(&c);
	cursor_text(&c, m->pin_source, sizeof(m->pin_source));
	return wire_body_end(&c, e);
}

void wire_logout_req_put(struct buf *out, const struct wire_logout_req *m)
{
	buf_put_u32(out, m->token);
}

int wire_logout_req_get(struct slice body, struct wire_logout_req *m,
			struct error *e)
{
	struct cursor c = cursor_of(body);

	m->token = cursor_u32(&c);
	return wire_body_end(&c, e);
}
