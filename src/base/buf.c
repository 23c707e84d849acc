/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: owned bytes, bounded and wiped.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

#define BUF_FIRST 256

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_fini(struct buf *b)
{
	if (b == NULL)
		return;
	if (b->ptr != NULL)
		explicit_bzero(b->ptr, b->cap);
	free(b->ptr);
	buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
	if (b->ptr != NULL)
		explicit_bzero(b->ptr, b->len);
	b->len = 0;
	b->failed = 0;
}

/* One byte more than asked for, so that buf_text() always has its NUL. */
static int buf_grow(struct buf *b, size_t len)
{
	size_t cap = b->cap == 0 ? BUF_FIRST : b->cap;
	uint8_t *ptr;

	if (b->failed != 0)
		return b->failed;
	if (len > b->max - b->len)
		return b->failed = ERR_TOO_LARGE;
	if (len > SIZE_MAX - 1 - b->len)
		return b->failed = ERR_NO_MEMORY;
	while (cap < b->len + len + 1)
		cap = cap > SIZE_MAX / 2 ? b->len + len + 1 : cap * 2;
	if (cap == b->cap)
		return 0;
	ptr = malloc(cap);
	if (ptr == NULL)
		return b->failed = ERR_NO_MEMORY;
	if (b->ptr != NULL) {
		memcpy(ptr, b->ptr, b->len);
		explicit_bzero(b->ptr, b->cap);
		free(b->ptr);
	}
	b->ptr = ptr;
	b->cap = cap;
	return 0;
}

uint8_t *buf_reserve(struct buf *b, size_t len)
{
	bool there = b->failed == 0 && len <= b->max - b->len &&
		     len < b->cap - b->len;

	return there || buf_grow(b, len) == 0 ? b->ptr + b->len : NULL;
}

void buf_commit(struct buf *b, size_t len)
{
	b->len += len;
}

void buf_put(struct buf *b, const void *bytes, size_t len)
{
	uint8_t *at = buf_reserve(b, len);

	if (at == NULL || len == 0)
		return;
	memcpy(at, bytes, len);
	b->len += len;
}

void buf_put_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.ptr, s.len);
}

void buf_put_str(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap, again;
	uint8_t *at;
	int len;

	va_start(ap, format);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len >= 0 && (at = buf_reserve(b, (size_t)len)) != NULL) {
		vsnprintf((char *)at, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

static void buf_put_number(struct buf *b, uint64_t n, size_t width)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < width; i++)
		bytes[i] = (uint8_t)(n >> (8 * (width - 1 - i)));
	buf_put(b, bytes, width);
}

void buf_put_u8(struct buf *b, uint8_t n)
{
	uint8_t *at = buf_reserve(b, 1);

	if (at == NULL)
		return;
	*at = n;
	b->len++;
}

void buf_put_u16(struct buf *b, uint16_t n)
{
	buf_put_number(b, n, 2);
}

void buf_put_u32(struct buf *b, uint32_t n)
{
	buf_put_number(b, n, 4);
}

void buf_put_u64(struct buf *b, uint64_t n)
{
	buf_put_number(b, n, 8);
}

void buf_put_block(struct buf *b, struct slice s)
{
	/* Both or neither: a length alone would be read as a block. */
	if (s.len > UINT32_MAX || buf_reserve(b, 4 + s.len) == NULL) {
		if (b->failed == 0)
			b->failed = ERR_TOO_LARGE;
		return;
	}
	buf_put_u32(b, (uint32_t)s.len);
	buf_put_slice(b, s);
}

void buf_set_u32(struct buf *b, size_t offset, uint32_t n)
{
	if (b->failed != 0 || offset > b->len || b->len - offset < 4)
		return;
	for (size_t i = 0; i < 4; i++)
		b->ptr[offset + i] = (uint8_t)(n >> (8 * (3 - i)));
}

void buf_consume(struct buf *b, size_t len)
{
	if (len > b->len)
		len = b->len;
	if (len == 0)
		return;
	memmove(b->ptr, b->ptr + len, b->len - len);
	b->len -= len;
	explicit_bzero(b->ptr + b->len, len);
}

struct slice buf_slice(const struct buf *b)
{
	return slice_of(b->ptr, b->len);
}

const char *buf_text(struct buf *b)
{
	if (b->failed != 0 || b->ptr == NULL)
		return "";
	b->ptr[b->len] = '\0';
	return (const char *)b->ptr;
}

int buf_error(const struct buf *b)
{
	return b->failed;
}
