/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: lines for a person, made safe, wrapped and cut into pages.
 */
#include "prompt/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "prompt/pinentry.h"

/* Making safe and marking multiply it, by a dozen at the worst. */
#define TEXT_MAX (16u * LIMIT_PROMPT_REQUEST)
/* In front of what is wrapped; pinentries drop blanks there. */
#define TEXT_MORE "+ "

void prompt_text_init(struct prompt_text *t, unsigned width, unsigned clip)
{
	*t = (struct prompt_text){ .width = width, .clip = clip };
	buf_init(&t->out, TEXT_MAX);
	for (unsigned i = 0; i < PROMPT_TEXT_VALUES; i++)
		buf_init(&t->shown[i], TEXT_MAX);
}

void prompt_text_fini(struct prompt_text *t)
{
	buf_fini(&t->out);
	for (unsigned i = 0; i < PROMPT_TEXT_VALUES; i++)
		buf_fini(&t->shown[i]);
}

/* Cells of the character at p, which is len bytes long. */
static unsigned text_cells(const uint8_t *p, const uint8_t *end, size_t *len)
{
	uint32_t c;
	int cells;

	*len = utf8_decode(p, end, &c);
	if (*len == 0) {
		*len = 1;
		return 1;
	}
	cells = wcwidth((wchar_t)c);
	return cells < 0 ? 1 : (unsigned)cells;
}

/* Bytes of text, which is valid UTF-8, in at most width cells. */
static size_t text_within(struct slice text, unsigned width)
{
	const uint8_t *p = text.ptr, *end = text.ptr + text.len;
	unsigned used = 0;
	size_t len;

	for (; p < end; p += len) {
		used += text_cells(p, end, &len);
		if (used > width)
			break;
	}
	return (size_t)(p - text.ptr);
}

const char *prompt_text_shown(struct prompt_text *t, const char *value)
{
	struct buf *b = &t->shown[t->next++ % PROMPT_TEXT_VALUES];
	const char *text;
	size_t fits;

	buf_reset(b);
	utf8_put_shown(b, slice_str(value));
	if (t->clip > 0) {
		fits = text_within(buf_slice(b), t->clip);
		if (fits < b->len) {
			b->len = fits;
			buf_put_str(b, "[...]");
		}
	}
	text = buf_text(b);
	/* No text at all is better than one without this value. */
	if (buf_error(b) != 0)
		t->out.failed = buf_error(b);
	return text;
}

/* Where to break a line that is too long: behind a blank, or anywhere. */
static size_t text_break(struct slice line, unsigned width)
{
	size_t fits = text_within(line, width), at = fits;

	if (fits == line.len)
		return fits;
	while (at > fits / 2 && line.ptr[at - 1] != ' ')
		at--;
	if (at > fits / 2)
		return at;
	return fits > 0 ? fits : line.len;
}

/* mark: in front of all lines but the first. */
static void text_wrap(struct prompt_text *t, struct slice line,
		      const char *mark)
{
	unsigned width = t->width;

	while (line.len > 0) {
		size_t len = text_break(line, width);

		buf_put(&t->out, line.ptr, len);
		buf_put_u8(&t->out, '\n');
		line = slice_of(line.ptr + len, line.len - len);
		if (line.len > 0)
			buf_put_str(&t->out, mark);
		width = t->width - (unsigned)strlen(mark);
	}
}

void prompt_text_say(struct prompt_text *t, const char *text)
{
	text_wrap(t, slice_str(text), "");
}

void prompt_text_line(struct prompt_text *t, const char *format, ...)
{
	char *text = NULL;
	va_list values;
	int n;

	va_start(values, format);
	n = vasprintf(&text, format, values);
	va_end(values);
	if (n < 0) {
		t->out.failed = ERR_NO_MEMORY;
		return;
	}
	text_wrap(t, slice_of(text, (size_t)n), TEXT_MORE);
	free(text);
}

void prompt_text_field(struct prompt_text *t, const char *label,
		       const char *value)
{
	prompt_text_line(t, "%s: %s", prompt_text_shown(t, label),
			 prompt_text_shown(t, value));
}

void prompt_text_gap(struct prompt_text *t)
{
	struct slice s = buf_slice(&t->out);

	if (t->clip == 0 && s.len > 1 && s.ptr[s.len - 2] != '\n')
		buf_put_u8(&t->out, '\n');
}

struct slice prompt_text_page(struct slice *rest,
			      const struct prompt_room *room)
{
	struct slice page = slice_of(rest->ptr, 0);
	size_t size = 0;

	for (unsigned row = 0; row < room->rows && rest->len > 0; row++) {
		const uint8_t *nl = memchr(rest->ptr, '\n', rest->len);
		size_t len = nl == NULL ? rest->len :
					  (size_t)(nl - rest->ptr) + 1;

		size += prompt_pinentry_size(slice_of(rest->ptr, len));
		if (size > room->bytes && page.len > 0)
			break;
		page.len += len;
		*rest = slice_of(rest->ptr + len, rest->len - len);
	}
	while (page.len > 0 && page.ptr[page.len - 1] == '\n')
		page.len--;
	return page;
}

bool prompt_text_fits(struct slice text, const struct prompt_room *room)
{
	prompt_text_page(&text, room);
	return text.len == 0;
}
