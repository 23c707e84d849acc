/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jcs: JSON that has one form only (RFC 8785).
 */
#include "content/jcs.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/writer.h"
#include "content/line.h"
#include "content/visible.h"

#define JCS_DEPTH 32
#define JCS_INTEGER (INT64_C(1) << 53)

static int put_value(const json_t *value, unsigned depth, struct buf *out,
		     struct error *e);

int content_jcs_load(struct slice text, const char *what, int code,
		     json_t **out, struct error *e)
{
	struct buf why AUTO(buf_fini) = { .max = ERROR_MESSAGE_MAX };
	json_error_t where;
	json_t *root;

	root = json_loadb((const char *)text.ptr, text.len,
			  JSON_REJECT_DUPLICATES, &where);
	if (json_is_object(root)) {
		*out = root;
		return 0;
	}
	if (root == NULL) /* its text quotes the input */
		content_visible_put(slice_str(where.text), &why);
	json_decref(root);
	return error_set(e, code, "%s is no JSON object: %s", what,
			 root == NULL ? buf_text(&why) : "it is another value");
}

/*
 * RFC 8785 3.2.3: names are sorted by their UTF-16 code units.  UTF-8 sorts
 * the same, but that U+E000 to U+FFFF (EE, EF) come behind the surrogates of
 * what is above U+FFFF (F0 to F4).
 */
static unsigned utf16_weight(uint8_t byte)
{
	return byte == 0xee || byte == 0xef ? byte + 0x10u : byte;
}

static int compare_names(const void *a, const void *b)
{
	const uint8_t *x = *(const uint8_t *const *)a;
	const uint8_t *y = *(const uint8_t *const *)b;

	while (*x != 0 && *x == *y) {
		x++;
		y++;
	}
	return (int)utf16_weight(*x) - (int)utf16_weight(*y);
}

static int put_members(const json_t *object, const char **names, size_t count,
		       unsigned depth, struct buf *out, struct error *e)
{
	int r = 0;

	buf_put_u8(out, '{');
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (i > 0)
			buf_put_u8(out, ',');
		writer_string(out, names[i], strlen(names[i]));
		buf_put_u8(out, ':');
		r = put_value(json_object_get(object, names[i]), depth + 1,
			      out, e);
	}
	buf_put_u8(out, '}');
	return r;
}

static int put_object(const json_t *object, unsigned depth, struct buf *out,
		      struct error *e)
{
	size_t count = json_object_size(object), n = 0;
	const char **names = calloc(count + 1, sizeof(*names));
	int r;

	if (names == NULL)
		return content_line_no_memory(e);
	/* jansson's iterators want it not const, and do not change it. */
	for (void *at = json_object_iter((json_t *)(uintptr_t)object);
	     at != NULL;
	     at = json_object_iter_next((json_t *)(uintptr_t)object, at))
		names[n++] = json_object_iter_key(at);
	qsort(names, n, sizeof(*names), compare_names);
	r = put_members(object, names, n, depth, out, e);
	free(names);
	return r;
}

static int put_array(const json_t *array, unsigned depth, struct buf *out,
		     struct error *e)
{
	int r = 0;

	buf_put_u8(out, '[');
	for (size_t i = 0; r == 0 && i < json_array_size(array); i++) {
		if (i > 0)
			buf_put_u8(out, ',');
		r = put_value(json_array_get(array, i), depth + 1, out, e);
	}
	buf_put_u8(out, ']');
	return r;
}

static int put_integer(json_int_t n, struct buf *out, struct error *e)
{
	if (n > JCS_INTEGER || n < -JCS_INTEGER)
		return error_set(e, ERR_CONTENT,
				 "a number above 2^53 has no canonical form:"
				 " write it as text");
	buf_printf(out, "%" PRId64, (int64_t)n);
	return 0;
}

static int put_value(const json_t *value, unsigned depth, struct buf *out,
		     struct error *e)
{
	if (depth > JCS_DEPTH)
		return error_set(e, ERR_CONTENT,
				 "JSON of more than %d levels", JCS_DEPTH);
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return put_object(value, depth, out, e);
	case JSON_ARRAY:
		return put_array(value, depth, out, e);
	case JSON_STRING:
		writer_string(out, json_string_value(value),
			      json_string_length(value));
		return 0;
	case JSON_INTEGER:
		return put_integer(json_integer_value(value), out, e);
	case JSON_REAL:
		return error_set(e, ERR_CONTENT,
				 "a number with a point or an exponent is not"
				 " supported: write it as text");
	case JSON_TRUE:
		buf_put_str(out, "true");
		return 0;
	case JSON_FALSE:
		buf_put_str(out, "false");
		return 0;
	case JSON_NULL:
		buf_put_str(out, "null");
		return 0;
	}
	return error_set(e, ERR_INTERNAL, "a JSON value of no type");
}

int content_jcs_put(const json_t *value, struct buf *out, struct error *e)
{
	int r = put_value(value, 0, out, e);

	if (r == 0 && buf_error(out) != 0)
		r = error_set(e, buf_error(out),
			      "the canonical form does not fit");
	return r;
}
