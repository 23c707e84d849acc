/* SPDX-License-Identifier: Apache-2.0 */
/*
 * visible: what a person can see of a text.
 *
 * The tables are made from the definitions of the Unicode Standard (chapter
 * 23, Default_Ignorable_Code_Point, Bidi_Control, UAX 24 scripts), rounded to
 * whole ranges where all of a range is of one kind.
 */
#include "content/visible.h"

#include "base/err.h"
#include "base/limits.h"

enum visible_kind {
	VISIBLE_PLAIN,
	VISIBLE_CONTROL,
	VISIBLE_BIDI,
	VISIBLE_HIDDEN,
	VISIBLE_BREAK,
	VISIBLE_NONE,
	VISIBLE_PRIVATE,
	/* Only the fields of a payment mind those that follow. */
	VISIBLE_ALIKE,
	VISIBLE_OVERLAY,
};

static const char *const kind_words[] = {
	[VISIBLE_CONTROL] = "a control character",
	[VISIBLE_BIDI] = "a character that turns the direction of text",
	[VISIBLE_HIDDEN] = "an invisible character",
	[VISIBLE_BREAK] = "a line break",
	[VISIBLE_NONE] = "no character",
	[VISIBLE_PRIVATE] = "a character of private use",
	[VISIBLE_ALIKE] = "a letter or digit that passes for another",
	[VISIBLE_OVERLAY] = "a mark that is written over another character",
};

struct visible_range {
	uint32_t first, last;
	uint8_t kind;
};

static const struct visible_range kinds[] = {
	{ 0x0000, 0x001f, VISIBLE_CONTROL },
	{ 0x007f, 0x009f, VISIBLE_CONTROL },
	{ 0x00ad, 0x00ad, VISIBLE_HIDDEN }, /* soft hyphen */
	{ 0x0334, 0x0338, VISIBLE_OVERLAY },
	{ 0x034f, 0x034f, VISIBLE_HIDDEN }, /* grapheme joiner */
	{ 0x061c, 0x061c, VISIBLE_BIDI },
	{ 0x115f, 0x1160, VISIBLE_HIDDEN }, /* Hangul fillers */
	{ 0x17b4, 0x17b5, VISIBLE_HIDDEN },
	{ 0x180b, 0x180f, VISIBLE_HIDDEN },
	{ 0x200b, 0x200d, VISIBLE_HIDDEN }, /* zero width */
	{ 0x200e, 0x200f, VISIBLE_BIDI },
	{ 0x2028, 0x2029, VISIBLE_BREAK },
	{ 0x202a, 0x202e, VISIBLE_BIDI },
	{ 0x2060, 0x2065, VISIBLE_HIDDEN },
	{ 0x2066, 0x2069, VISIBLE_BIDI },
	{ 0x206a, 0x206f, VISIBLE_HIDDEN },
	{ 0x20d0, 0x20f0, VISIBLE_OVERLAY },
	{ 0x2800, 0x2800, VISIBLE_HIDDEN }, /* empty braille cell */
	{ 0x3164, 0x3164, VISIBLE_HIDDEN },
	{ 0xe000, 0xf8ff, VISIBLE_PRIVATE },
	{ 0xfdd0, 0xfdef, VISIBLE_NONE },
	{ 0xfe00, 0xfe0f, VISIBLE_HIDDEN }, /* variation selectors */
	{ 0xfeff, 0xfeff, VISIBLE_HIDDEN },
	{ 0xff10, 0xff19, VISIBLE_ALIKE }, /* full-width */
	{ 0xff21, 0xff3a, VISIBLE_ALIKE },
	{ 0xff41, 0xff5a, VISIBLE_ALIKE },
	{ 0xffa0, 0xffa0, VISIBLE_HIDDEN },
	{ 0xfff0, 0xfff8, VISIBLE_HIDDEN },
	{ 0xfff9, 0xfffb, VISIBLE_HIDDEN }, /* interlinear annotation */
	{ 0x13430, 0x1345f, VISIBLE_CONTROL },
	{ 0x1bca0, 0x1bca3, VISIBLE_HIDDEN },
	{ 0x1d173, 0x1d17a, VISIBLE_HIDDEN },
	{ 0x1d400, 0x1d7ff, VISIBLE_ALIKE }, /* mathematical */
	{ 0x1fbf0, 0x1fbf9, VISIBLE_ALIKE },
	{ 0xe0000, 0xe0fff, VISIBLE_HIDDEN }, /* tags, selectors */
	{ 0xf0000, 0x10ffff, VISIBLE_PRIVATE },
};

enum visible_script {
	SCRIPT_OTHER, /* ends a word: blanks, punctuation, ideographs, ... */
	SCRIPT_ANY,   /* digits and marks: in any word */
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_ARMENIAN,
	SCRIPT_CHEROKEE,
	SCRIPT_COPTIC,
	SCRIPT_LISU,
};

static const char *const script_words[] = {
	[SCRIPT_LATIN] = "Latin",	[SCRIPT_GREEK] = "Greek",
	[SCRIPT_CYRILLIC] = "Cyrillic", [SCRIPT_ARMENIAN] = "Armenian",
	[SCRIPT_CHEROKEE] = "Cherokee", [SCRIPT_COPTIC] = "Coptic",
	[SCRIPT_LISU] = "Lisu",
};

static const struct visible_range scripts[] = {
	{ '0', '9', SCRIPT_ANY },
	{ 'A', 'Z', SCRIPT_LATIN },
	{ 'a', 'z', SCRIPT_LATIN },
	{ 0x00aa, 0x00aa, SCRIPT_LATIN },
	{ 0x00ba, 0x00ba, SCRIPT_LATIN },
	{ 0x00c0, 0x00d6, SCRIPT_LATIN },
	{ 0x00d8, 0x00f6, SCRIPT_LATIN },
	{ 0x00f8, 0x02b8, SCRIPT_LATIN },
	{ 0x0300, 0x036f, SCRIPT_ANY },
	{ 0x0370, 0x037d, SCRIPT_GREEK },
	{ 0x037f, 0x0386, SCRIPT_GREEK },
	{ 0x0388, 0x03e1, SCRIPT_GREEK },
	{ 0x03e2, 0x03ef, SCRIPT_COPTIC },
	{ 0x03f0, 0x03ff, SCRIPT_GREEK },
	{ 0x0400, 0x052f, SCRIPT_CYRILLIC },
	{ 0x0531, 0x0588, SCRIPT_ARMENIAN },
	{ 0x13a0, 0x13fd, SCRIPT_CHEROKEE },
	{ 0x1c80, 0x1c8f, SCRIPT_CYRILLIC },
	{ 0x1d00, 0x1d25, SCRIPT_LATIN },
	{ 0x1d26, 0x1d2a, SCRIPT_GREEK },
	{ 0x1d2b, 0x1d2b, SCRIPT_CYRILLIC },
	{ 0x1d2c, 0x1dbf, SCRIPT_LATIN },
	{ 0x1e00, 0x1eff, SCRIPT_LATIN },
	{ 0x1f00, 0x1fff, SCRIPT_GREEK },
	{ 0x2c60, 0x2c7f, SCRIPT_LATIN },
	{ 0x2c80, 0x2cff, SCRIPT_COPTIC },
	{ 0x2de0, 0x2dff, SCRIPT_CYRILLIC },
	{ 0xa4d0, 0xa4ff, SCRIPT_LISU },
	{ 0xa640, 0xa69f, SCRIPT_CYRILLIC },
	{ 0xa722, 0xa7ff, SCRIPT_LATIN },
	{ 0xab30, 0xab64, SCRIPT_LATIN },
	{ 0xab70, 0xabbf, SCRIPT_CHEROKEE },
	{ 0xfb00, 0xfb06, SCRIPT_LATIN },
};

static uint8_t range_find(const struct visible_range *ranges, size_t count,
			  uint32_t code)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (code > ranges[middle].last)
			low = middle + 1;
		else if (code < ranges[middle].first)
			high = middle;
		else
			return ranges[middle].kind;
	}
	return 0;
}

static enum visible_kind kind_of(uint32_t code)
{
	if ((code & 0xfffe) == 0xfffe)
		return VISIBLE_NONE;
	return range_find(kinds, ARRAY_LEN(kinds), code);
}

static enum visible_script script_of(uint32_t code)
{
	return range_find(scripts, ARRAY_LEN(scripts), code);
}

size_t content_visible_decode(struct slice text, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t c = text.len == 0 ? 0xff : text.ptr[0];
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 :
		     c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (len == 0 || len > text.len)
		return 0;
	*code = len == 1 ? c : c & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((text.ptr[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (text.ptr[i] & 0x3fu);
	}
	if (*code < least[len] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return len;
}

/* Bytes of printable ASCII that a text begins with: most of what is shown. */
static size_t plain_len(struct slice text)
{
	return slice_plain(text, 0x7f, 0x7f);
}

bool content_visible_utf8(struct slice text, size_t *at)
{
	uint32_t code;
	size_t len;

	for (*at = 0; *at < text.len; *at += len) {
		struct slice rest = slice_of(text.ptr + *at, text.len - *at);

		len = plain_len(rest);
		if (len == 0)
			len = content_visible_decode(rest, &code);
		if (len == 0)
			return false;
	}
	return true;
}

/* One character that is not printable ASCII; its bytes are counted. */
static size_t put_other(struct slice rest, struct buf *out)
{
	enum visible_kind kind;
	uint32_t code;
	size_t len = content_visible_decode(rest, &code);

	if (len == 0) {
		buf_printf(out, "<0x%02X>", rest.ptr[0]);
		return 1;
	}
	kind = code == '\t' ? VISIBLE_PLAIN : kind_of(code);
	if (kind != VISIBLE_PLAIN && kind < VISIBLE_ALIKE)
		buf_printf(out, "<U+%04X>", code);
	else
		buf_put(out, rest.ptr, len);
	return len;
}

void content_visible_put(struct slice text, struct buf *out)
{
	size_t len;

	for (size_t at = 0; at < text.len; at += len) {
		struct slice rest = slice_of(text.ptr + at, text.len - at);

		len = plain_len(rest);
		if (len > 0)
			buf_put(out, rest.ptr, len);
		else
			len = put_other(rest, out);
	}
}

/* Refuses a word of two alphabets; *word is the alphabet of the word so far. */
static int check_script(const char *field, uint32_t code,
			enum visible_script *word, struct error *e)
{
	enum visible_script script = script_of(code);

	if (script == SCRIPT_ANY)
		return 0;
	if (script == SCRIPT_OTHER || *word == SCRIPT_OTHER) {
		*word = script;
		return 0;
	}
	if (script == *word)
		return 0;
	return error_set(e, ERR_CONTENT,
			 "%s mixes %s and %s letters in one word (U+%04X):"
			 " they pass for each other", field,
			 script_words[*word], script_words[script], code);
}

static int check_length(const char *field, struct slice value,
			struct error *e)
{
	if (value.len == 0)
		return error_set(e, ERR_CONTENT, "%s is empty: leave it out",
				 field);
	if (value.len > LIMIT_VALUE)
		return error_set(e, ERR_CONTENT,
				 "%s is longer than %u bytes", field,
				 LIMIT_VALUE);
	if (value.ptr[0] == ' ' || value.ptr[value.len - 1] == ' ')
		return error_set(e, ERR_CONTENT,
				 "%s begins or ends with a blank", field);
	return 0;
}

int content_visible_check(const char *field, struct slice value,
			  struct error *e)
{
	enum visible_script word = SCRIPT_OTHER;
	int r = check_length(field, value, e);
	uint32_t code;
	size_t len;

	for (size_t at = 0; r == 0 && at < value.len; at += len) {
		enum visible_kind kind;

		len = content_visible_decode(
			slice_of(value.ptr + at, value.len - at), &code);
		if (len == 0)
			return error_set(e, ERR_CONTENT,
					 "%s is no UTF-8 at byte %zu", field,
					 at);
		kind = kind_of(code);
		if (kind != VISIBLE_PLAIN)
			return error_set(e, ERR_CONTENT,
					 "%s has U+%04X, %s: write it without",
					 field, code, kind_words[kind]);
		r = check_script(field, code, &word, e);
	}
	return r;
}

int content_visible_check_ascii(const char *field, struct slice value,
				struct error *e)
{
	int r = content_visible_check(field, value, e);

	for (size_t i = 0; r == 0 && i < value.len; i++)
		if (value.ptr[i] >= 0x80)
			return error_set(e, ERR_CONTENT,
					 "%s has a character that is not ASCII"
					 " at byte %zu", field, i);
	return r;
}
