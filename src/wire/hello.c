/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hello: the first exchange; the worker loads its one module.
 */
#include "wire/hello.h"

#include "wire/body.h"

void wire_hello_req_put(struct buf *out, const struct wire_hello_req *m)
{
	buf_put_u32(out, m->version);
	wire_put_text(out, m->module);
	wire_put_text(out, m->name);
	wire_put_text(out, m->reader);
}

int wire_hello_req_get(struct slice body, struct wire_hello_req *m,
		       struct error *e)
{
	struct cursor c = cursor_of(body);

	m->version = cursor_u32(&c);
	cursor_text(&c, m->module, sizeof(m->module));
	cursor_text(&c, m->name, sizeof(m->name));
	cursor_text(&c, m->reader, sizeof(m->reader));
	return wire_body_end(&c, e);
}

void wire_hello_rep_put(struct buf *out, const struct wire_hello_rep *m)
{
	buf_put_u32(out, m->version);
	buf_put_u8(out, m->cryptoki_major);
	buf_put_u8(out, m->cryptoki_minor);
	buf_put_u8(out, m->library_major);
	buf_put_u8(out, m->library_minor);
	wire_put_text(out, m->manufacturer);
	wire_put_text(out, m->description);
}

int wire_hello_rep_get(struct slice body, struct wire_hello_rep *m,
		       struct error *e)
{
	struct cursor c = cursor_of(body);

	m->version = cursor_u32(&c);
	m->cryptoki_major = cursor_u8(&c);
	m->cryptoki_minor = cursor_u8(&c);
	m->library_major = cursor_u8(&c);
	m->library_minor = cursor_u8(&c);
	cursor_text(&c, m->manufacturer, sizeof(m->manufacturer));
	cursor_text(&c, m->description, sizeof(m->description));
	return wire_body_end(&c, e);
}
