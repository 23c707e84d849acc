/* SPDX-License-Identifier: Apache-2.0 */
/*
 * b64: base64 and base64url, strict.
 */
#include "base/b64.h"

#include "base/err.h"

static const char alphabet[2][65] = {
	[B64_STD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		    "0123456789+/",
	[B64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		    "0123456789-_",
};

size_t b64_encoded_len(enum b64_kind kind, size_t len)
{
	size_t rest = len % 3;

	if (kind == B64_STD)
		return (len + 2) / 3 * 4;
	return len / 3 * 4 + (rest == 0 ? 0 : rest + 1);
}

void b64_encode(enum b64_kind kind, struct slice s, struct buf *out)
{
	const char *a = alphabet[kind];
	size_t len = b64_encoded_len(kind, s.len), i;
	uint8_t *at = buf_reserve(out, len);

	if (at == NULL)
		return;
	for (i = 0; i + 3 <= s.len; i += 3) {
		uint32_t n = (uint32_t)s.ptr[i] << 16 |
			     (uint32_t)s.ptr[i + 1] << 8 | s.ptr[i + 2];

		*at++ = (uint8_t)a[n >> 18];
		*at++ = (uint8_t)a[n >> 12 & 63];
		*at++ = (uint8_t)a[n >> 6 & 63];
		*at++ = (uint8_t)a[n & 63];
	}
	if (i < s.len) {
		bool two = i + 1 < s.len;
		uint32_t n = (uint32_t)s.ptr[i] << 16 |
			     (two ? (uint32_t)s.ptr[i + 1] << 8 : 0);

		*at++ = (uint8_t)a[n >> 18];
		*at++ = (uint8_t)a[n >> 12 & 63];
		if (two)
			*at++ = (uint8_t)a[n >> 6 & 63];
		else if (kind == B64_STD)
			*at++ = '=';
		if (kind == B64_STD)
			*at++ = '=';
	}
	buf_commit(out, len);
}

#define NO_DIGIT 64

#define B64_DIGITS(plus, minus, slash, underscore)			\
	{ [0 ... '+' - 1] = NO_DIGIT,					\
	  plus, 64, minus, 64, slash,					\
	  52, 53, 54, 55, 56, 57, 58, 59, 60, 61,			\
	  64, 64, 64, 64, 64, 64, 64,					\
	  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,		\
	  13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,		\
	  64, 64, 64, 64, underscore, 64,				\
	  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,		\
	  39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,		\
	  ['z' + 1 ... UINT8_MAX] = NO_DIGIT }

/* Value of a character, or NO_DIGIT. */
static const uint8_t digits[2][UINT8_MAX + 1] = {
	[B64_STD] = B64_DIGITS(62, 64, 63, 64),
	[B64_URL] = B64_DIGITS(64, 62, 64, 63),
};

/*
 * Bytes that the text can become, at most: padding is none of it, or the last
 * bytes of a value as large as its limit would not fit.
 */
static size_t b64_room(const struct b64_stream *st, struct slice text)
{
	size_t len = text.len;

	while (len > 0 && text.ptr[len - 1] == '=')
		len--;
	return (st->count + len) / 4 * 3;
}

/* Four characters at a time, as far as these are digits. */
static size_t feed_fours(const struct b64_stream *st, struct slice text,
			 uint8_t **out)
{
	const uint8_t *digit = digits[st->kind];
	uint8_t *at = *out;
	size_t i = 0;

	if (st->count > 0 || st->padding > 0)
		return 0;
	for (; i + 4 <= text.len; i += 4) {
		uint32_t a = digit[text.ptr[i]];
		uint32_t b = digit[text.ptr[i + 1]];
		uint32_t c = digit[text.ptr[i + 2]];
		uint32_t d = digit[text.ptr[i + 3]];

		if (((a | b | c | d) & NO_DIGIT) != 0)
			break;
		*at++ = (uint8_t)(a << 2 | b >> 4);
		*at++ = (uint8_t)(b << 4 | c >> 2);
		*at++ = (uint8_t)(c << 6 | d);
	}
	*out = at;
	return i;
}

int b64_stream_feed(struct b64_stream *st, struct slice text, struct buf *out)
{
	/* What is not used of it is given back by the commit. */
	uint8_t *at = buf_reserve(out, b64_room(st, text));
	uint8_t *from = at;

	if (at == NULL)
		return out->failed;
	for (size_t i = feed_fours(st, text, &at); i < text.len; i++) {
		uint8_t c = text.ptr[i];
		uint32_t digit = digits[st->kind][c];

		if (c == '=' && st->kind == B64_STD && st->count >= 2 &&
		    st->padding < 4 - st->count) {
			st->padding++;
			continue;
		}
		if (digit == NO_DIGIT || st->padding > 0)
			return ERR_MALFORMED;
		st->bits = st->bits << 6 | digit;
		if (++st->count == 4) {
			*at++ = (uint8_t)(st->bits >> 16);
			*at++ = (uint8_t)(st->bits >> 8);
			*at++ = (uint8_t)st->bits;
			st->count = 0;
			st->bits = 0;
		}
	}
	buf_commit(out, (size_t)(at - from));
	return 0;
}

int b64_stream_finish(struct b64_stream *st, struct buf *out)
{
	unsigned expected = st->count == 0 ? 0 : 4 - st->count;

	if (st->count == 1 ||
	    (st->kind == B64_STD && st->padding != expected))
		return ERR_MALFORMED;
	/* The bits that no byte uses have to be zero: one text for a value. */
	if (st->count == 2) {
		if ((st->bits & 0xf) != 0)
			return ERR_MALFORMED;
		buf_put_u8(out, (uint8_t)(st->bits >> 4));
	} else if (st->count == 3) {
		if ((st->bits & 0x3) != 0)
			return ERR_MALFORMED;
		buf_put_u8(out, (uint8_t)(st->bits >> 10));
		buf_put_u8(out, (uint8_t)(st->bits >> 2));
	}
	return buf_error(out);
}

int b64_decode(enum b64_kind kind, struct slice text, struct buf *out)
{
	struct b64_stream st = { .kind = kind };
	size_t before = out->len;
	int r = b64_stream_feed(&st, text, out);

	if (r == 0)
		r = b64_stream_finish(&st, out);
	if (r != 0)
		out->len = before;
	return r;
}
