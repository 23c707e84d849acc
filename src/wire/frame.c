/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame: the unit of the worker protocol.
 */
#include "wire/frame.h"

#include "base/err.h"
#include "base/limits.h"

/* What the length field does not count: itself. */
#define FRAME_LENGTH_SIZE 4
#define FRAME_LEAST (WIRE_FRAME_HEAD - FRAME_LENGTH_SIZE)

size_t wire_frame_begin(struct buf *out, enum wire_type type,
			enum wire_kind kind, uint32_t id)
{
	size_t start = out->len;

	buf_put_u32(out, 0);
	buf_put_u16(out, (uint16_t)type);
	buf_put_u8(out, (uint8_t)kind);
	buf_put_u8(out, 0);
	buf_put_u32(out, id);
	return start;
}

void wire_frame_end(struct buf *out, size_t start)
{
	buf_set_u32(out, start,
		    (uint32_t)(out->len - start - FRAME_LENGTH_SIZE));
}

int wire_frame_next(struct slice *in, struct wire_frame *frame,
		    struct error *e)
{
	struct cursor c = cursor_of(*in);
	uint32_t length = cursor_u32(&c);
	unsigned type, kind, zero;

	if (c.failed)
		return 0;
	if (length < FRAME_LEAST || length > LIMIT_FRAME)
		return error_set(e, ERR_PROTOCOL, "frame length %u", length);
	if (c.rest.len < length)
		return 0;
	type = cursor_u16(&c);
	kind = cursor_u8(&c);
	zero = cursor_u8(&c);
	if (type < WIRE_HELLO || type > WIRE_TYPE_LAST || kind < WIRE_REQ ||
	    kind > WIRE_FAIL || zero != 0)
		return error_set(e, ERR_PROTOCOL,
				 "frame of type %u, kind %u, reserved %u", type,
				 kind, zero);
	frame->type = type;
	frame->kind = kind;
	frame->id = cursor_u32(&c);
	frame->body = cursor_bytes(&c, length - FRAME_LEAST);
	*in = c.rest;
	return 1;
}
