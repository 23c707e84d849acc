/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: what tokens the module has.
 */
#include "wire/tokens.h"

#include "wire/body.h"

void wire_token_put(struct buf *out, const struct wire_token *m)
{
	buf_put_u32(out, m->token);
	buf_put_u64(out, m->slot_id);
	buf_put_u64(out, m->flags);
	buf_put_u32(out, m->min_pin_len);
	buf_put_u32(out, m->max_pin_len);
	wire_put_text(out, m->label);
	wire_put_text(out, m->serial);
	wire_put_text(out, m->manufacturer);
	wire_put_text(out, m->model);
	wire_put_text(out, m->slot);
}

void wire_token_read(struct cursor *c, struct wire_token *m)
{
	m->token = cursor_u32(c);
	m->slot_id = cursor_u64(c);
	m->flags = cursor_u64(c);
	m->min_pin_len = cursor_u32(c);
	m->max_pin_len = cursor_u32(c);
	cursor_text(c, m->label, sizeof(m->label));
	cursor_text(c, m->serial, sizeof(m->serial));
	cursor_text(c, m->manufacturer, sizeof(m->manufacturer));
	cursor_text(c, m->model, sizeof(m->model));
	cursor_text(c, m->slot, sizeof(m->slot));
}

int wire_token_get(struct slice body, struct wire_token *m, struct error *e)
{
	struct cursor c = cursor_of(body);

	wire_token_read(&c, m);
	return wire_body_end(&c, e);
}
