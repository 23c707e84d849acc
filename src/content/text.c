/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: text/plain in UTF-8.
 */
#include "content/text.h"

#include "base/err.h"
#include "content/blind.h"
#include "content/line.h"
#include "content/visible.h"

/* Takes a line off text, its end not counted in.  False when none is left. */
static bool next_line(struct slice *text, struct slice *line)
{
	const uint8_t *end;

	if (text->len == 0)
		return false;
	end = memchr(text->ptr, '\n', text->len);
	line->ptr = text->ptr;
	line->len = end == NULL ? text->len : (size_t)(end - text->ptr);
	text->ptr += line->len;
	text->len -= line->len;
	if (end != NULL) {
		text->ptr++;
		text->len--;
		if (line->len > 0 && line->ptr[line->len - 1] == '\r')
			line->len--;
	}
	return true;
}

/* Takes up to LIMIT_VALUE bytes off a line, never half a character. */
static struct slice next_piece(struct slice *line)
{
	struct slice piece = *line;

	if (piece.len > LIMIT_VALUE) {
		piece.len = LIMIT_VALUE;
		while ((line->ptr[piece.len] & 0xc0) == 0x80)
			piece.len--;
	}
	line->ptr += piece.len;
	line->len -= piece.len;
	return piece;
}

static size_t count_lines(struct slice text)
{
	struct slice line;
	size_t count = 0;

	while (count <= LIMIT_LINES && next_line(&text, &line)) {
		do
			next_piece(&line);
		while (++count <= LIMIT_LINES && line.len > 0);
	}
	return count;
}

static int add_line(struct content *c, struct slice line, struct error *e)
{
	int r = content_line_add(c, "text", next_piece(&line), false, e);

	while (r == 0 && line.len > 0)
		r = content_line_add(c, "text.more", next_piece(&line), false,
				     e);
	return r;
}

int content_text_read(struct content *c, const struct content_input *in,
		      struct error *e)
{
	struct slice text = in->data, line;
	size_t at;
	int r = 0;

	if (!content_visible_utf8(text, &at))
		return error_set(e, ERR_CONTENT,
				 "the text is no UTF-8 at byte %zu: convert"
				 " it, or name its charset", at);
	if (count_lines(text) > LIMIT_LINES)
		return content_blind_data(c, in, CONTENT_BLIND_LINES, e);
	c->kind = c->inner = CONTENT_TEXT;
	while (r == 0 && next_line(&text, &line))
		r = add_line(c, line, e);
	return r;
}
