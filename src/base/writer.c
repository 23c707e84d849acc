/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer: writing JSON into a buffer, member by member.
 */
#include "base/writer.h"

#include <inttypes.h>

#include "base/b64.h"

struct writer writer_of(struct buf *out)
{
	return (struct writer){ .out = out, .comma = false };
}

/*
 * Length of the UTF-8 sequence at p (RFC 3629: no overlong form, no
 * surrogate), 0 when there is none.
 */
static size_t utf8_len(const uint8_t *p, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 :
		     *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
	uint32_t c;

	if (len <= 1)
		return len;
	if ((size_t)(end - p) < len)
		return 0;
	c = *p & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return len;
}

static void writer_char(struct buf *out, const uint8_t *p, size_t len)
{
	if (len == 0)
		buf_put_str(out, "\\ufffd");
	else if (*p == '"' || *p == '\\')
		buf_printf(out, "\\%c", *p);
	else if (*p < 0x20 || *p == 0x7f)
		buf_printf(out, "\\u%04x", *p);
	else
		buf_put(out, p, len);
}

static bool writer_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void writer_string(struct buf *out, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	const uint8_t *end = p + strlen(text), *from;
	size_t len;

	buf_put_u8(out, '"');
	while (p < end) {
		for (from = p; p < end && writer_plain(*p); p++)
			;
		buf_put(out, from, (size_t)(p - from));
		if (p == end)
			break;
		len = utf8_len(p, end);
		writer_char(out, p, len);
		p += len == 0 ? 1 : len;
	}
	buf_put_u8(out, '"');
}

static void writer_name(struct writer *j, const char *name)
{
	if (j->comma)
		buf_put_u8(j->out, ',');
	j->comma = true;
	if (name == NULL)
		return;
	writer_string(j->out, name);
	buf_put_u8(j->out, ':');
}

void writer_open(struct writer *j, const char *name, char bracket)
{
	writer_name(j, name);
	buf_put_u8(j->out, (uint8_t)bracket);
	j->comma = false;
}

void writer_close(struct writer *j, char bracket)
{
	buf_put_u8(j->out, (uint8_t)bracket);
	j->comma = true;
}

void writer_text(struct writer *j, const char *name, const char *value)
{
	writer_name(j, name);
	writer_string(j->out, value);
}

void writer_text_or_null(struct writer *j, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		writer_null(j, name);
	else
		writer_text(j, name, value);
}

void writer_int(struct writer *j, const char *name, int64_t value)
{
	writer_name(j, name);
	buf_printf(j->out, "%" PRId64, value);
}

void writer_bool(struct writer *j, const char *name, bool value)
{
	writer_name(j, name);
	buf_put_str(j->out, value ? "true" : "false");
}

void writer_null(struct writer *j, const char *name)
{
	writer_name(j, name);
	buf_put_str(j->out, "null");
}

static void writer_bytes(struct writer *j, const char *name,
			 enum b64_kind kind, struct slice bytes)
{
	writer_name(j, name);
	buf_put_u8(j->out, '"');
	b64_encode(kind, bytes, j->out);
	buf_put_u8(j->out, '"');
}

void writer_b64(struct writer *j, const char *name, struct slice bytes)
{
	writer_bytes(j, name, B64_STD, bytes);
}

void writer_b64url(struct writer *j, const char *name, struct slice bytes)
{
	writer_bytes(j, name, B64_URL, bytes);
}

void writer_hex(struct writer *j, const char *name, struct slice bytes)
{
	writer_name(j, name);
	buf_put_u8(j->out, '"');
	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(j->out, "%02x", bytes.ptr[i]);
	buf_put_u8(j->out, '"');
}

void writer_raw(struct writer *j, const char *name, struct slice text)
{
	writer_name(j, name);
	buf_put_slice(j->out, text);
}
