/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice: borrowed bytes and the cursor that reads them.
 */
#include "base/slice.h"

bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int slice_compare(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

#define EACH_BYTE(c) (0x0101010101010101u * (c))

/*
 * Are all eight plain?  Subtracting makes the top bit of a byte that is less;
 * a borrow reaches the next byte only from one that is not plain itself.
 */
static bool eight_plain(const uint8_t *p, uint8_t a, uint8_t b)
{
	uint64_t w, is_a, is_b;

	memcpy(&w, p, sizeof(w));
	is_a = (w ^ EACH_BYTE(a)) - EACH_BYTE(1);
	is_b = (w ^ EACH_BYTE(b)) - EACH_BYTE(1);
	return ((w | (w - EACH_BYTE(0x20)) | is_a | is_b) & EACH_BYTE(0x80)) ==
	       0;
}

static bool one_plain(uint8_t c, uint8_t a, uint8_t b)
{
	return c >= 0x20 && c < 0x80 && c != a && c != b;
}

size_t slice_plain(struct slice s, uint8_t a, uint8_t b)
{
	size_t n = 0;

	while (s.len - n >= 8 && eight_plain(s.ptr + n, a, b))
		n += 8;
	while (n < s.len && one_plain(s.ptr[n], a, b))
		n++;
	return n;
}

struct cursor cursor_of(struct slice s)
{
	return (struct cursor){ .rest = s, .failed = false };
}

struct slice cursor_bytes(struct cursor *c, size_t len)
{
	struct slice got = { .ptr = NULL, .len = 0 };

	if (c->failed || len > c->rest.len) {
		c->failed = true;
		return got;
	}
	got = slice_of(c->rest.ptr, len);
	if (len == 0)
		return got; /* ptr may be NULL: nothing is added to it */
	c->rest.ptr += len;
	c->rest.len -= len;
	return got;
}

static uint64_t cursor_number(struct cursor *c, size_t width)
{
	struct slice s = cursor_bytes(c, width);
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n = n << 8 | s.ptr[i];
	return n;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)cursor_number(c, 1);
}

uint16_t cursor_u16(struct cursor *c)
{
	return (uint16_t)cursor_number(c, 2);
}

uint32_t cursor_u32(struct cursor *c)
{
	return (uint32_t)cursor_number(c, 4);
}

uint64_t cursor_u64(struct cursor *c)
{
	return cursor_number(c, 8);
}

struct slice cursor_block(struct cursor *c, size_t max)
{
	size_t len = cursor_u32(c);

	if (len > max)
		c->failed = true;
	return cursor_bytes(c, len);
}

void cursor_text(struct cursor *c, char *out, size_t size)
{
	struct slice s = cursor_block(c, size - 1);

	if (s.len > 0 && memchr(s.ptr, '\0', s.len) != NULL) {
		c->failed = true;
		s.len = 0;
	}
	if (s.len > 0)
		memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
}

bool cursor_done(const struct cursor *c)
{
	return !c->failed && c->rest.len == 0;
}
