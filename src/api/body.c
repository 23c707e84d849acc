/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: the JSON body of a signature request, as it arrives.
 *
 * This is no JSON parser: it follows strings, names and nesting just enough to
 * know content.data when it comes, and leaves every judgement to the parser,
 * which sees all of the text but the data.  What it might take wrongly
 * (a name written with escapes, a second "data") the parser refuses.
 */
#include "api/body.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "broker/spool.h"

/* Base64 is decoded in pieces of this many characters. */
#define BODY_PIECE (32u * 1024)

void body_init(struct body *b,
	       struct spool *(*spool_of)(void *arg, unsigned item), void *arg)
{
	*b = (struct body){ .spool_of = spool_of, .spool_arg = arg };
	buf_init(&b->members, LIMIT_BODY_MEMBERS);
	buf_init(&b->decoded, BODY_PIECE);
}

void body_fini(struct body *b)
{
	buf_fini(&b->members);
	buf_fini(&b->decoded);
}

/* Is the string that begins now content.data, with content at this depth? */
static bool body_is_content_data(const struct body *b, unsigned depth)
{
	return b->depth == depth + 1 && b->object[depth] &&
	       b->object[depth + 1] && b->value &&
	       strcmp(b->name[depth], "content") == 0 &&
	       strcmp(b->name[depth + 1], "data") == 0;
}

static bool body_in_items(const struct body *b)
{
	return b->depth >= 2 && b->object[1] && !b->object[2] &&
	       strcmp(b->name[1], "items") == 0;
}

/* The item whose data begins now, plus 1; 0: it is another string. */
static unsigned body_data_item(const struct body *b)
{
	if (body_is_content_data(b, 1))
		return 1;
	if (body_in_items(b) && body_is_content_data(b, 3))
		return b->item;
	return 0;
}

static void body_begin_string(struct body *b)
{
	unsigned item = body_data_item(b);

	/* A second one of the same item stays for the parser to refuse. */
	if (item > b->taken) {
		b->taken = item;
		b->spool = b->spool_of(b->spool_arg, item - 1);
		b->b64 = (struct b64_stream){ .kind = B64_STD };
		b->at = BODY_DATA;
		return;
	}
	b->at = BODY_STRING;
	b->name_len = 0;
	b->name_escaped = false;
}

/* A name is kept as far as it may be one of ours. */
static void body_end_string(struct body *b)
{
	bool ours = !b->value && !b->name_escaped && b->depth <= BODY_DEPTH &&
		    b->name_len < BODY_NAME;

	b->at = BODY_PLAIN;
	if (b->depth <= BODY_DEPTH && !b->value)
		b->name[b->depth][ours ? b->name_len : 0] = '\0';
}

static void body_nest(struct body *b, bool object)
{
	if (object && b->depth == 2 && body_in_items(b))
		b->item++;
	b->depth++;
	if (b->depth > BODY_DEPTH)
		return;
	b->object[b->depth] = object;
	b->name[b->depth][0] = '\0';
	b->value = !object;
}

static void body_unnest(struct body *b)
{
	if (b->depth > 0)
		b->depth--;
}

static void body_plain(struct body *b, uint8_t c)
{
	switch (c) {
	case '"':
		body_begin_string(b);
		break;
	case '{':
	case '[':
		body_nest(b, c == '{');
		break;
	case '}':
	case ']':
		body_unnest(b);
		break;
	case ':':
		b->value = true;
		break;
	case ',':
		b->value = b->depth <= BODY_DEPTH && !b->object[b->depth];
		break;
	}
}

static void body_string(struct body *b, uint8_t c)
{
	if (c == '"') {
		body_end_string(b);
		return;
	}
	if (c == '\\') {
		b->at = BODY_ESCAPE;
		b->name_escaped = true;
	} else if (b->name_len < BODY_NAME - 1 && b->depth <= BODY_DEPTH &&
		   !b->value) {
		b->name[b->depth][b->name_len] = (char)c;
	}
	b->name_len++;
}

/* What no string ends with, nor escapes, from there on. */
static size_t body_skip(struct slice s, size_t from)
{
	return slice_plain(slice_of(s.ptr + from, s.len - from), '"', '\\');
}

/* Outside of the data: every character is kept, and some are understood. */
static size_t body_keep(struct body *b, struct slice s)
{
	size_t i;

	for (i = 0; i < s.len && b->at < BODY_DATA; i++) {
		if (b->at == BODY_STRING && b->value)
			i += body_skip(s, i);
		if (i == s.len)
			break;
		if (b->at == BODY_PLAIN)
			body_plain(b, s.ptr[i]);
		else if (b->at == BODY_STRING)
			body_string(b, s.ptr[i]);
		else
			b->at = BODY_STRING;
	}
	buf_put(&b->members, s.ptr, i);
	return i;
}

static int body_decode(struct body *b, struct slice text, struct error *e)
{
	int r = 0;

	if (b->spool == NULL)
		return error_set(e, ERR_TOO_LARGE, "more than %u items",
				 LIMIT_BATCH);
	while (r == 0 && text.len > 0) {
		struct slice piece = slice_of(text.ptr, text.len < BODY_PIECE ?
					      text.len : BODY_PIECE);

		r = b64_stream_feed(&b->b64, piece, &b->decoded);
		if (r != 0)
			return error_set(e, ERR_MALFORMED, "content.data is"
					 " not base64 (RFC 4648 section 4)");
		r = spool_put(b->spool, buf_slice(&b->decoded), e);
		buf_reset(&b->decoded);
		text.ptr += piece.len;
		text.len -= piece.len;
	}
	return r;
}

static int body_data_end(struct body *b, struct error *e)
{
	int r;

	if (b->spool == NULL)
		return body_decode(b, slice_str(""), e);
	if (b64_stream_finish(&b->b64, &b->decoded) != 0)
		return error_set(e, ERR_MALFORMED,
				 "content.data is not base64: it ends too"
				 " early");
	r = spool_put(b->spool, buf_slice(&b->decoded), e);
	buf_reset(&b->decoded);
	b->at = BODY_PLAIN;
	buf_put_u8(&b->members, '"');
	return r;
}

/* Behind a backslash in the data only the slash is base64. */
static int body_data_escape(struct body *b, uint8_t c, struct error *e)
{
	b->at = BODY_DATA;
	if (c != '/')
		return error_set(e, ERR_MALFORMED,
				 "content.data is not base64");
	return body_decode(b, slice_str("/"), e);
}

/* In the data: up to its end, or to an escape; *used says how far. */
static int body_data(struct body *b, struct slice s, size_t *used,
		     struct error *e)
{
	size_t n = 0;
	int r;

	if (b->at == BODY_DATA_ESCAPE) {
		*used = 1;
		return body_data_escape(b, s.ptr[0], e);
	}
	while ((n += body_skip(s, n)) < s.len && s.ptr[n] != '"' &&
	       s.ptr[n] != '\\')
		n++;
	r = body_decode(b, slice_of(s.ptr, n), e);
	*used = n;
	if (r != 0 || n == s.len)
		return r;
	*used = n + 1;
	if (s.ptr[n] == '"')
		return body_data_end(b, e);
	b->at = BODY_DATA_ESCAPE;
	return 0;
}

int body_put(struct body *b, struct slice piece, struct error *e)
{
	size_t used;
	int r = 0;

	while (r == 0 && piece.len > 0) {
		if (b->at < BODY_DATA)
			used = body_keep(b, piece);
		else
			r = body_data(b, piece, &used, e);
		if (r != 0)
			return r;
		piece.ptr += used;
		piece.len -= used;
		if (buf_error(&b->members) != 0)
			r = error_set(e, buf_error(&b->members),
				      "more than %u bytes beside content.data",
				      LIMIT_BODY_MEMBERS);
	}
	return r;
}

int body_end(const struct body *b, struct error *e)
{
	if (b->at != BODY_PLAIN)
		return error_set(e, ERR_MALFORMED,
				 "the body ends inside a string");
	return 0;
}

int body_json(const struct body *b, json_t **out, struct error *e)
{
	json_error_t why;
	int r = body_end(b, e);

	if (r != 0)
		return r;
	*out = json_loadb((const char *)b->members.ptr, b->members.len,
			  JSON_REJECT_DUPLICATES, &why);
	if (*out == NULL)
		return error_set(e, ERR_MALFORMED,
				 "the body is no JSON object: %s", why.text);
	return 0;
}
