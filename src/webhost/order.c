/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: a message of Signet's own extension, read.
 */
#include "webhost/order.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"

#define ORDER_FIELD_MAX 512u
#define ORDER_ID_MOST 2147483647

void order_fini(struct order *o)
{
	for (size_t i = 0; i < o->fields_count; i++)
		buf_fini(&o->fields[i]);
	free(o->id);
	free(o->body);
	json_decref(o->root);
	*o = (struct order){ .root = NULL };
}

static int read_id(struct order *o, struct error *e)
{
	const json_t *id = json_object_get(o->root, "id");
	json_int_t number = json_integer_value(id);
	size_t len = json_string_length(id);

	if (json_is_integer(id) ? number < 1 || number > ORDER_ID_MOST :
	    !json_is_string(id) || len < 1 || len > ORDER_ID)
		return error_set(e, ERR_MALFORMED, "id is a number from 1 to"
				 " %d, or a text of 1 to %u bytes",
				 ORDER_ID_MOST, ORDER_ID);
	o->id = json_dumps(id, JSON_ENCODE_ANY | JSON_COMPACT);
	return o->id != NULL ? 0 : error_set(e, ERR_NO_MEMORY, "id");
}

/* What a page has to do with; all else is the host's or nobody's. */
static bool is_field(const char *name)
{
	static const char *const names[ORDER_FIELDS] = {
		"Idempotency-Key", "Last-Event-ID", "Prefer" };

	for (size_t i = 0; i < ORDER_FIELDS; i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_value(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] >= 0x7f)
			return false;
	return len > 0 && len < ORDER_FIELD_MAX;
}

static int read_field(struct order *o, const char *name, const json_t *value,
		      struct error *e)
{
	const char *text = json_string_value(value);
	struct buf *out = &o->fields[o->fields_count];

	if (!is_field(name) || o->fields_count == ORDER_FIELDS)
		return error_set(e, ERR_MALFORMED, "headers: %.64s is not"
				 " passed on, or is there twice", name);
	if (text == NULL || !is_value(text))
		return error_set(e, ERR_MALFORMED, "headers: the value of %s"
				 " is no text of visible ASCII characters",
				 name);
	buf_init(out, ORDER_FIELD_MAX + ORDER_ID);
	buf_printf(out, "%s: %s", name, text);
	o->fields_count++;
	return buf_error(out) == 0 ? 0 :
		error_set(e, buf_error(out), "headers");
}

static int read_fields(struct order *o, json_t *headers, struct error *e)
{
	const char *name;
	json_t *value;
	int r = 0;

	if (headers == NULL)
		return 0;
	if (!json_is_object(headers))
		return error_set(e, ERR_MALFORMED, "headers is no object");
	json_object_foreach(headers, name, value) {
		r = read_field(o, name, value, e);
		if (r != 0)
			break;
	}
	return r;
}

static bool is_path(const char *path)
{
	for (const char *p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '#')
			return false;
	return path[0] == '/';
}

static int read_body(struct order *o, const json_t *body, struct error *e)
{
	bool post = strcmp(o->method, "POST") == 0;

	if (!post && strcmp(o->method, "GET") != 0 &&
	    strcmp(o->method, "DELETE") != 0)
		return error_set(e, ERR_MALFORMED, "method is GET, POST or"
				 " DELETE");
	if (post != json_is_object(body) || (!post && body != NULL))
		return error_set(e, ERR_MALFORMED, "body is an object, of POST"
				 " and only there");
	if (post)
		o->body = json_dumps(body, JSON_COMPACT);
	return !post || o->body != NULL ? 0 :
		error_set(e, ERR_NO_MEMORY, "body");
}

static int read_request(struct order *o, struct error *e)
{
	json_t *id, *headers = NULL, *body = NULL;
	json_error_t why;
	int r;

	if (json_unpack_ex(o->root, &why, JSON_STRICT,
			   "{s:o, s:s, s:s, s:s, s?o, s?o}", "id", &id,
			   "origin", &o->origin, "method", &o->method, "path",
			   &o->path, "headers", &headers, "body", &body) != 0)
		return error_set(e, ERR_MALFORMED, "the message: %s",
				 why.text);
	if (!is_path(o->path))
		return error_set(e, ERR_MALFORMED, "path is no path such as"
				 " /v1/keys");
	r = read_body(o, body, e);
	return r != 0 ? r : read_fields(o, headers, e);
}

static int read_cancel(struct order *o, const json_t *cancel, struct error *e)
{
	o->cancel = json_is_true(cancel) && json_object_size(o->root) == 2;
	return o->cancel ? 0 : error_set(e, ERR_MALFORMED, "cancel is true,"
					 " and nothing but the id is beside"
					 " it");
}

int order_read(struct order *o, struct slice message, struct error *e)
{
	const json_t *cancel;
	json_error_t why;
	int r;

	o->root = json_loadb((const char *)message.ptr, message.len,
			     JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(o->root))
		return error_set(e, ERR_MALFORMED, "a message is one JSON"
				 " object in UTF-8: %s", o->root == NULL ?
				 why.text : "this is another value");
	r = read_id(o, e);
	if (r != 0)
		return r;
	cancel = json_object_get(o->root, "cancel");
	return cancel != NULL ? read_cancel(o, cancel, e) :
		read_request(o, e);
}
