/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: a time stamp (RFC 3161), which signet-stamp fetches.
 */
#include "wire/stamp.h"

#include "wire/body.h"

void wire_stamp_req_put(struct buf *out, const struct wire_stamp_req *m)
{
	buf_put_u32(out, m->version);
	buf_put_u32(out, m->timeout_ms);
	wire_put_text(out, m->url);
	wire_put_text(out, m->ca);
	wire_put_text(out, m->policy);
	buf_put_block(out, m->what);
}

int wire_stamp_req_get(struct slice body, struct wire_stamp_req *m,
		       struct error *e)
{
	struct cursor c = cursor_of(body);

	m->version = cursor_u32(&c);
	m->timeout_ms = cursor_u32(&c);
	cursor_text(&c, m->url, sizeof(m->url));
	cursor_text(&c, m->ca, sizeof(m->ca));
	cursor_text(&c, m->policy, sizeof(m->policy));
	m->what = cursor_block(&c, LIMIT_SIGNATURE);
	if (m->timeout_ms == 0 || m->url[0] == '\0' || m->ca[0] != '/' ||
	    m->what.len == 0)
		c.failed = true;
	return wire_body_end(&c, e);
}

void wire_stamp_rep_put(struct buf *out, const struct wire_stamp_rep *m)
{
	buf_put_block(out, m->stamp);
}

int wire_stamp_rep_get(struct slice body, struct wire_stamp_rep *m,
		       struct error *e)
{
	struct cursor c = cursor_of(body);

	m->stamp = cursor_block(&c, LIMIT_STAMP);
	if (m->stamp.len == 0)
		c.failed = true;
	return wire_body_end(&c, e);
}
