/* SPDX-License-Identifier: Apache-2.0 */
/*
 * der: writing and reading DER elements.
 */
#include "format/der.h"

#include <string.h>

#include "base/err.h"

/* Bytes that say a length: 1, or 1 + as many as the number needs (8.1.3). */
static size_t length_size(size_t len)
{
	size_t n = 1;

	if (len < 0x80)
		return 1;
	for (; len > 0; len >>= 8)
		n++;
	return n;
}

static void length_write(uint8_t *at, size_t len, size_t size)
{
	if (size == 1) {
		*at = (uint8_t)len;
		return;
	}
	*at = (uint8_t)(0x80 | (size - 1));
	for (size_t i = size - 1; i > 0; i--, len >>= 8)
		at[i] = (uint8_t)len;
}

size_t format_der_size(size_t len)
{
	return 1 + length_size(len) + len;
}

void format_der_head(struct buf *out, uint8_t tag, size_t len)
{
	size_t size = length_size(len);
	uint8_t *at = buf_reserve(out, 1 + size);

	if (at == NULL)
		return;
	at[0] = tag;
	length_write(at + 1, len, size);
	buf_commit(out, 1 + size);
}

void format_der_put(struct buf *out, uint8_t tag, struct slice content)
{
	format_der_head(out, tag, content.len);
	buf_put_slice(out, content);
}

void format_der_put_unsigned(struct buf *out, struct slice number)
{
	bool pad;

	while (number.len > 1 && number.ptr[0] == 0) {
		number.ptr++;
		number.len--;
	}
	pad = number.len == 0 || (number.ptr[0] & 0x80) != 0;
	format_der_head(out, DER_INTEGER, number.len + pad);
	if (pad)
		buf_put_u8(out, 0);
	buf_put_slice(out, number);
}

size_t format_der_open(struct buf *out, uint8_t tag)
{
	buf_put(out, (uint8_t[]){ tag, 0 }, 2);
	return out->len;
}

void format_der_close(struct buf *out, size_t opened)
{
	size_t len = out->len - opened;
	size_t size = length_size(len);

	if (buf_error(out) != 0 || buf_reserve(out, size - 1) == NULL)
		return;
	if (size > 1)
		memmove(out->ptr + opened + size - 1, out->ptr + opened, len);
	length_write(out->ptr + opened - 1, len, size);
	buf_commit(out, size - 1);
}

static void sort(struct slice *items, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		struct slice item = items[i];
		size_t at = i;

		for (; at > 0 && slice_compare(items[at - 1], item) > 0; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

void format_der_put_set(struct buf *out, uint8_t tag, struct slice *items,
			size_t len)
{
	size_t set = format_der_open(out, tag);

	sort(items, len);
	for (size_t i = 0; i < len; i++)
		if (i == 0 || !slice_equal(items[i - 1], items[i]))
			buf_put_slice(out, items[i]);
	format_der_close(out, set);
}

uint8_t format_der_peek(const struct cursor *c)
{
	return c->failed || c->rest.len == 0 ? 0 : c->rest.ptr[0];
}

static size_t length_read(struct cursor *c)
{
	size_t first = cursor_u8(c), len = 0;
	size_t bytes = first & 0x7f;

	if (first < 0x80)
		return first;
	if (bytes == 0 || bytes > 4)
		c->failed = true;
	for (size_t i = 0; i < bytes && !c->failed; i++)
		len = len << 8 | cursor_u8(c);
	if (length_size(len) != bytes + 1)
		c->failed = true;
	return len;
}

struct slice format_der_get(struct cursor *c, uint8_t tag)
{
	if (cursor_u8(c) != tag)
		c->failed = true;
	return cursor_bytes(c, length_read(c));
}

struct slice format_der_get_whole(struct cursor *c, uint8_t tag)
{
	struct slice before = c->rest;
	struct slice content = format_der_get(c, tag);

	if (c->failed)
		return content;
	return slice_of(before.ptr, before.len - c->rest.len);
}

struct cursor format_der_enter(struct cursor *c, uint8_t tag)
{
	struct cursor in = cursor_of(format_der_get(c, tag));

	in.failed = c->failed;
	return in;
}
