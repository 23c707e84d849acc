/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8: reading UTF-8 (RFC 3629), and text from outside made safe to show.
 */
#include "base/utf8.h"

#include "base/attr.h"

size_t utf8_decode(const uint8_t *p, const uint8_t *end, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 :
		     *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;

	*c = *p;
	if (len <= 1)
		return len;
	if ((size_t)(end - p) < len)
		return 0;
	*c = *p & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fu);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

static void utf8_put_tail(struct buf *out, uint32_t c, unsigned bits)
{
	while (bits > 0) {
		bits -= 6;
		buf_put_u8(out, (uint8_t)(0x80 | (c >> bits & 0x3f)));
	}
}

void utf8_put(struct buf *out, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x80) {
		buf_put_u8(out, (uint8_t)c);
	} else if (c < 0x800) {
		buf_put_u8(out, (uint8_t)(0xc0 | c >> 6));
		utf8_put_tail(out, c, 6);
	} else if (c < 0x10000) {
		buf_put_u8(out, (uint8_t)(0xe0 | c >> 12));
		utf8_put_tail(out, c, 12);
	} else {
		buf_put_u8(out, (uint8_t)(0xf0 | c >> 18));
		utf8_put_tail(out, c, 18);
	}
}

bool utf8_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x00, 0x1f },	      { 0x7f, 0x9f },
		{ 0xad, 0xad },	      { 0x34f, 0x34f },
		{ 0x61c, 0x61c },     { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
		{ 0x200b, 0x200f },   { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0x2800, 0x2800 },
		{ 0x3164, 0x3164 },   { 0xe000, 0xf8ff },
		{ 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x1d173, 0x1d17a },
		{ 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return (c & 0xfffe) == 0xfffe;
}

void utf8_put_shown(struct buf *out, struct slice text)
{
	const uint8_t *p = text.ptr, *end = text.ptr + text.len;

	while (p < end) {
		uint32_t c;
		size_t len = utf8_decode(p, end, &c);

		if (len == 0)
			buf_printf(out, "<0x%02X>", *p);
		else if (c == '\t')
			buf_put_str(out, "    ");
		else if (utf8_hidden(c))
			buf_printf(out, "<U+%04X>", c);
		else
			buf_put(out, p, len);
		p += len == 0 ? 1 : len;
	}
}
