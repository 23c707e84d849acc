/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: what the messages share.
 */
#include "wire/body.h"

#include "base/err.h"

void wire_put_text(struct buf *out, const char *text)
{
	buf_put_block(out, slice_str(text));
}

int wire_body_end(const struct cursor *c, struct error *e)
{
	if (cursor_done(c))
		return 0;
	return error_set(e, ERR_PROTOCOL, c->failed ?
			 "a message is shorter than its fields" :
			 "a message is longer than its fields");
}
