/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer: writing JSON into a buffer, member by member.
 */
#include "base/writer.h"

#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/utf8.h"

struct writer writer_of(struct buf *out)
{
	return (struct writer){ .out = out, .comma = false };
}

/* RFC 8785 3.2.2.2; what is no UTF-8 becomes U+FFFD. */
static void writer_char(struct buf *out, const uint8_t *p, size_t len)
{
	static const char escapes[] = "btn_fr"; /* U+0008 to U+000D */

	if (len == 0)
		buf_put_str(out, "\xef\xbf\xbd");
	else if (*p == '"' || *p == '\\')
		buf_printf(out, "\\%c", *p);
	else if (*p >= 0x08 && *p <= 0x0d && *p != 0x0b)
		buf_printf(out, "\\%c", escapes[*p - 0x08]);
	else if (*p < 0x20)
		buf_printf(out, "\\u%04x", *p);
	else
		buf_put(out, p, len);
}

void writer_string(struct buf *out, const char *text, size_t size)
{
	const uint8_t *p = (const uint8_t *)text;
	const uint8_t *end = p + size;
	uint32_t c;
	size_t len;

	buf_put_u8(out, '"');
	while (p < end) {
		len = slice_plain(slice_of(p, (size_t)(end - p)), '"', '\\');
		buf_put(out, p, len);
		p += len;
		if (p == end)
			break;
		len = utf8_decode(p, end, &c);
		writer_char(out, p, len);
		p += len == 0 ? 1 : len;
	}
	buf_put_u8(out, '"');
}

static void writer_name(struct writer *j, const char *name)
{
	size_t len = name == NULL ? 0 : strlen(name);
	uint8_t *start = buf_reserve(j->out, len + 4), *at = start;

	if (at == NULL)
		return;
	if (j->comma)
		*at++ = ',';
	j->comma = true;
	if (name != NULL) {
		*at++ = '"';
		memcpy(at, name, len);
		at += len;
		*at++ = '"';
		*at++ = ':';
	}
	buf_commit(j->out, (size_t)(at - start));
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
	writer_string(j->out, value, strlen(value));
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
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint8_t text[20], *at = text + sizeof(text);

	writer_name(j, name);
	do
		*--at = (uint8_t)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (value < 0)
		*--at = '-';
	buf_put(j->out, at, (size_t)(text + sizeof(text) - at));
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
	uint8_t *at;

	writer_name(j, name);
	buf_put_u8(j->out, '"');
	/* Its NUL is overwritten, or in the room that a buf has for one. */
	at = buf_reserve(j->out, bytes.len * 2);
	if (at != NULL) {
		hex_encode(bytes, (char *)at);
		buf_commit(j->out, bytes.len * 2);
	}
	buf_put_u8(j->out, '"');
}

void writer_raw(struct writer *j, const char *name, struct slice text)
{
	writer_name(j, name);
	buf_put_slice(j->out, text);
}
