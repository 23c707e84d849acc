/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault: body of a WIRE_FAIL frame: a struct error, whole.
 */
#include "wire/fault.h"

#include "wire/body.h"

void wire_fault_put(struct buf *out, const struct error *m)
{
	buf_put_u32(out, (uint32_t)m->code);
	buf_put_u32(out, (uint32_t)m->errnum);
	buf_put_u64(out, m->ckr);
	wire_put_text(out, m->where);
	wire_put_text(out, m->message);
}

int wire_fault_get(struct slice body, struct error *m, struct error *e)
{
	struct cursor c = cursor_of(body);

	m->code = (int)cursor_u32(&c);
	m->errnum = (int)cursor_u32(&c);
	m->ckr = cursor_u64(&c);
	cursor_text(&c, m->where, sizeof(m->where));
	cursor_text(&c, m->message, sizeof(m->message));
	if (m->code >= 0)
		c.failed = true;
	return wire_body_end(&c, e);
}
