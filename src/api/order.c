/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: the members of a signature request.
 */
#include "api/order.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/members.h"
#include "base/b64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "broker/request.h"

static int copy_text(char *out, size_t size, const char *name,
		     const char *value, struct error *e)
{
	if (value == NULL)
		return 0;
	if (strlen(value) >= size)
		return error_set(e, ERR_MALFORMED,
				 "%s is longer than %zu bytes", name,
				 size - 1);
	snprintf(out, size, "%s", value);
	return 0;
}

static const struct {
	const char *name;
	enum wire_hash hash;
} digest_names[] = {
	{ "sha-256", WIRE_SHA256 },
	{ "sha-384", WIRE_SHA384 },
	{ "sha-512", WIRE_SHA512 },
};

struct spool *order_spool(void *arg, unsigned item)
{
	struct request *r = arg;

	while (r->count <= item)
		if (request_add_item(r) == NULL)
			return NULL;
	r->items[item].has_data = true;
	return &r->items[item].data;
}

static int order_digest_value(struct item *i, const char *name,
			      const char *value, struct error *e)
{
	struct buf bytes;
	int failed;

	for (size_t n = 0; n < ARRAY_LEN(digest_names); n++)
		if (strcmp(name, digest_names[n].name) == 0) {
			i->digest_hash = digest_names[n].hash;
			i->digest_algorithm = digest_names[n].name;
		}
	if (i->digest_hash == WIRE_HASH_NONE)
		return error_set(e, ERR_MALFORMED,
				 "digest.algorithm is sha-256, sha-384 or"
				 " sha-512");
	buf_init(&bytes, sizeof(i->digest));
	failed = b64_decode(B64_STD, slice_str(value), &bytes);
	if (failed == 0)
		memcpy(i->digest, bytes.ptr, bytes.len);
	i->digest_len = bytes.len;
	buf_fini(&bytes);
	if (failed != 0 || i->digest_len != format_hash_len(i->digest_hash))
		return error_set(e, ERR_IMPOSSIBLE,
				 "digest.value has to be the base64 of %zu"
				 " bytes for %s",
				 format_hash_len(i->digest_hash), name);
	return 0;
}

static int order_digest(struct item *i, json_t *digest, struct error *e)
{
	const char *name, *value;
	const struct member members[] = {
		{ "algorithm", .text = &name, .required = true },
		{ "value", .text = &value, .required = true },
	};
	int r = members_read(digest, "content.digest", members,
			     ARRAY_LEN(members), e);

	return r != 0 ? r : order_digest_value(i, name, value, e);
}

/* An object is passed on as text: its canonical form is content's to make. */
static int order_payment(struct item *i, const json_t *payment,
			 struct error *e)
{
	char *text;
	int r;

	if (strcmp(i->media_type, CONTENT_TYPE_PAYMENT) != 0)
		return error_set(e, ERR_MALFORMED, "content.payment goes with"
				 " the media_type " CONTENT_TYPE_PAYMENT);
	if (!json_is_object(payment))
		return error_set(e, ERR_MALFORMED,
				 "content.payment is no object");
	text = json_dumps(payment, JSON_COMPACT);
	if (text == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a payment");
	i->payment = true;
	r = spool_put(&i->data, slice_str(text), e);
	free(text);
	return r;
}

static int order_content_kind(struct item *i, const char *data,
			      json_t *digest, json_t *payment, struct error *e)
{
	if ((data != NULL) + (digest != NULL) + (payment != NULL) != 1)
		return error_set(e, ERR_MALFORMED, "content has one of data,"
				 " payment and digest");
	if (digest != NULL)
		return order_digest(i, digest, e);
	if (i->media_type[0] == '\0')
		return error_set(e, ERR_MALFORMED,
				 "content.media_type is missing");
	if (payment != NULL)
		return order_payment(i, payment, e);
	/* Written in a way that body.c did not know it by. */
	if (!i->has_data || data[0] != '\0')
		return error_set(e, ERR_MALFORMED,
				 "write the name of content.data without"
				 " escapes");
	return 0;
}

static int order_content(struct item *i, json_t *content, struct error *e)
{
	const char *media_type = NULL, *name = NULL, *data = NULL;
	json_t *digest = NULL, *payment = NULL, *size = NULL;
	const struct member members[] = {
		{ "media_type", .text = &media_type },
		{ "data", .text = &data },
		{ "name", .text = &name },
		{ "digest", .any = &digest },
		{ "payment", .any = &payment },
		{ "size", .any = &size },
	};
	int failed = members_read(content, "content", members,
				  ARRAY_LEN(members), e);

	if (failed != 0)
		return failed;
	if (size != NULL && (!json_is_integer(size) || digest == NULL))
		return error_set(e, ERR_MALFORMED,
				 "content.size is a number beside a digest");
	i->size = size == NULL ? -1 : json_integer_value(size);
	failed = copy_text(i->name, sizeof(i->name), "content.name", name, e);
	if (failed == 0)
		failed = copy_text(i->media_type, sizeof(i->media_type),
				   "content.media_type", media_type, e);
	if (failed != 0)
		return failed;
	return order_content_kind(i, data, digest, payment, e);
}

/* Of the request's own; those whose data has come are there already. */
static struct item *order_item(struct request *r, unsigned n, struct error *e)
{
	while (r->count <= n)
		if (request_add_item(r) == NULL) {
			error_set(e, ERR_TOO_LARGE, "more than %u items",
				  LIMIT_BATCH);
			return NULL;
		}
	return &r->items[n];
}

static int order_items(struct request *r, const json_t *items,
		       struct error *e)
{
	size_t count = json_array_size(items);
	json_t *content;
	const struct member members[] = {
		{ "content", .any = &content, .required = true },
	};
	struct item *i;
	int failed = 0;

	r->batch = true;
	if (count == 0 || r->count > count)
		return error_set(e, ERR_MALFORMED,
				 "items is an array of {\"content\": ...}");
	for (size_t n = 0; failed == 0 && n < count; n++) {
		i = order_item(r, (unsigned)n, e);
		if (i == NULL)
			return e->code;
		failed = members_read(json_array_get(items, n), "it", members,
				      ARRAY_LEN(members), e);
		if (failed == 0)
			failed = order_content(i, content, e);
		if (failed != 0)
			error_prefix(e, "item %zu: ", n + 1);
	}
	return failed;
}

static int order_what(struct request *r, json_t *content, const json_t *items,
		      struct error *e)
{
	struct item *i;

	if ((content != NULL) == (items != NULL))
		return error_set(e, ERR_MALFORMED, "%s", content == NULL ?
				 "content is missing" :
				 "either content or items, not both");
	if (items != NULL)
		return order_items(r, items, e);
	i = order_item(r, 0, e);
	return i == NULL ? e->code : order_content(i, content, e);
}

static int order_expires(struct request *r, const char *text, struct error *e)
{
	int64_t when, left;

	if (text == NULL)
		return 0;
	if (clock_parse(text, &when) != 0)
		return error_set(e, ERR_MALFORMED,
				 "expires is no RFC 3339 time, such as"
				 " 2026-11-23T12:00:00Z");
	left = when - clock_unix();
	if (left <= 0)
		return error_set(e, ERR_EXPIRED, "expired at %s", text);
	if (left * CLOCK_NS_PER_S < LIMIT_WAIT_MS * CLOCK_NS_PER_MS)
		r->expires_ns = clock_mono_ns() + left * CLOCK_NS_PER_S;
	r->ask_until_ns = clock_mono_ns() + left * CLOCK_NS_PER_S;
	return 0;
}

/* RAW alone knows an encoding; CMS is detached unless said otherwise. */
static int order_format(struct request *r, const char *format, int detached,
			const char *encoding, struct error *e)
{
	if (!format_kind_by_name(format, &r->order.format))
		return error_set(e, ERR_MALFORMED,
				 "format is raw, jws or cms");
	if (detached >= 0 && r->order.format == FORMAT_RAW)
		return error_set(e, ERR_MALFORMED,
				 "a raw signature is always detached");
	r->order.detached = detached >= 0 ? detached != 0 :
		r->order.format == FORMAT_CMS;
	r->order.ecdsa_der = encoding == NULL || strcmp(encoding, "der") == 0;
	if (encoding != NULL && r->order.format != FORMAT_RAW)
		return error_set(e, ERR_MALFORMED,
				 "encoding is for the format raw");
	if (encoding != NULL && !r->order.ecdsa_der &&
	    strcmp(encoding, "p1363") != 0)
		return error_set(e, ERR_MALFORMED,
				 "encoding is der or p1363");
	return 0;
}

static int order_members(struct request *r, json_t *root, struct error *e)
{
	const char *key = NULL, *algorithm = NULL, *format, *encoding = NULL;
	const char *expires = NULL;
	json_t *content = NULL, *items = NULL;
	int detached = -1;
	const struct member members[] = {
		{ "key", .text = &key },
		{ "algorithm", .text = &algorithm },
		{ "format", .text = &format, .required = true },
		{ "detached", .boolean = &detached },
		{ "encoding", .text = &encoding },
		{ "content", .any = &content },
		{ "items", .any = &items },
		{ "expires", .text = &expires },
	};
	int failed = members_read(root, "the request", members,
				  ARRAY_LEN(members), e);

	if (failed == 0)
		failed = order_format(r, format, detached, encoding, e);
	if (failed == 0)
		failed = copy_text(r->key_uri, sizeof(r->key_uri), "key", key,
				   e);
	if (failed == 0)
		failed = copy_text(r->algorithm, sizeof(r->algorithm),
				   "algorithm", algorithm, e);
	if (failed == 0)
		failed = order_expires(r, expires, e);
	return failed != 0 ? failed : order_what(r, content, items, e);
}

int order_parse(struct body *body, struct request *r, struct error *e)
{
	json_auto_t *root = NULL;
	int failed = body_json(body, &root, e);

	return failed != 0 ? failed : order_members(r, root, e);
}
