/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: the members of a signature request.
 */
#include "api/order.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

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

static int unpack_failed(const json_error_t *why, const char *what,
			 struct error *e)
{
	return error_set(e, ERR_MALFORMED, "%s: %s", what, why->text);
}

static const struct {
	const char *name;
	enum wire_hash hash;
} digest_names[] = {
	{ "sha-256", WIRE_SHA256 },
	{ "sha-384", WIRE_SHA384 },
	{ "sha-512", WIRE_SHA512 },
};

static int order_digest_value(struct request *r, const char *name,
			      const char *value, struct error *e)
{
	struct buf bytes;
	int failed;

	for (size_t i = 0; i < ARRAY_LEN(digest_names); i++)
		if (strcmp(name, digest_names[i].name) == 0)
			r->digest_hash = digest_names[i].hash;
	if (r->digest_hash == WIRE_HASH_NONE)
		return error_set(e, ERR_MALFORMED,
				 "digest.algorithm is sha-256, sha-384 or"
				 " sha-512");
	buf_init(&bytes, sizeof(r->digest));
	failed = b64_decode(B64_STD, slice_str(value), &bytes);
	if (failed == 0)
		memcpy(r->digest, bytes.ptr, bytes.len);
	r->digest_len = bytes.len;
	buf_fini(&bytes);
	if (failed != 0 || r->digest_len != format_hash_len(r->digest_hash))
		return error_set(e, ERR_IMPOSSIBLE,
				 "digest.value has to be the base64 of %zu"
				 " bytes for %s",
				 format_hash_len(r->digest_hash), name);
	return 0;
}

static int order_digest(struct request *r, json_t *digest, struct error *e)
{
	const char *name, *value;
	json_error_t why;

	if (json_unpack_ex(digest, &why, JSON_STRICT, "{s:s, s:s}",
			   "algorithm", &name, "value", &value) != 0)
		return unpack_failed(&why, "content.digest", e);
	return order_digest_value(r, name, value, e);
}

static int order_content_kind(struct request *r, const struct body *body,
			      const char *media_type, const char *data,
			      json_t *digest, json_t *payment, struct error *e)
{
	if (payment != NULL)
		return error_set(e, ERR_UNSUPPORTED,
				 "typed payments are not supported by this"
				 " version; send the document as data");
	if ((data != NULL) == (digest != NULL))
		return error_set(e, ERR_MALFORMED,
				 "content has either data or digest");
	if (digest != NULL)
		return order_digest(r, digest, e);
	if (media_type == NULL)
		return error_set(e, ERR_MALFORMED,
				 "content.media_type is missing");
	/* Written in a way that body.c did not know it by. */
	if (!body->has_data || data[0] != '\0')
		return error_set(e, ERR_MALFORMED,
				 "write the name of content.data without"
				 " escapes");
	return 0;
}

static int order_content(struct request *r, const struct body *body,
			 json_t *content, struct error *e)
{
	const char *media_type = NULL, *name = NULL, *data = NULL;
	json_t *digest = NULL, *payment = NULL, *size = NULL;
	json_error_t why;
	int failed;

	if (json_unpack_ex(content, &why, JSON_STRICT,
			   "{s?s, s?s, s?s, s?o, s?o, s?o}", "media_type",
			   &media_type, "name", &name, "data", &data,
			   "digest", &digest, "payment", &payment, "size",
			   &size) != 0)
		return unpack_failed(&why, "content", e);
	if (size != NULL && (!json_is_integer(size) || digest == NULL))
		return error_set(e, ERR_MALFORMED,
				 "content.size is a number beside a digest");
	failed = copy_text(r->name, sizeof(r->name), "content.name", name, e);
	if (failed == 0)
		failed = copy_text(r->media_type, sizeof(r->media_type),
				   "content.media_type", media_type, e);
	if (failed != 0)
		return failed;
	return order_content_kind(r, body, media_type, data, digest, payment,
				  e);
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
	return 0;
}

/* RAW alone knows an encoding; CMS is detached unless said otherwise. */
static int order_format(struct request *r, const char *format, int detached,
			const char *encoding, struct error *e)
{
	if (!format_kind_by_name(format, &r->format))
		return error_set(e, ERR_MALFORMED,
				 "format is raw, jws or cms");
	if (detached >= 0 && r->format == FORMAT_RAW)
		return error_set(e, ERR_MALFORMED,
				 "a raw signature is always detached");
	r->detached = detached >= 0 ? detached != 0 : r->format == FORMAT_CMS;
	r->ecdsa_der = encoding == NULL || strcmp(encoding, "der") == 0;
	if (encoding != NULL && r->format != FORMAT_RAW)
		return error_set(e, ERR_MALFORMED,
				 "encoding is for the format raw");
	if (encoding != NULL && !r->ecdsa_der &&
	    strcmp(encoding, "p1363") != 0)
		return error_set(e, ERR_MALFORMED,
				 "encoding is der or p1363");
	return 0;
}

static int order_members(struct request *r, const struct body *body,
			 json_t *root, struct error *e)
{
	const char *key = NULL, *algorithm = NULL, *format, *encoding = NULL;
	const char *expires = NULL;
	json_t *content = NULL, *items = NULL;
	int detached = -1, failed;
	json_error_t why;

	if (json_unpack_ex(root, &why, JSON_STRICT,
			   "{s?s, s?s, s:s, s?b, s?s, s?o, s?o, s?s}", "key",
			   &key, "algorithm", &algorithm, "format", &format,
			   "detached", &detached, "encoding", &encoding,
			   "content", &content, "items", &items, "expires",
			   &expires) != 0)
		return unpack_failed(&why, "the request", e);
	if (items != NULL)
		return error_set(e, ERR_UNSUPPORTED,
				 "batches are not supported by this version;"
				 " send one request an item");
	if (content == NULL)
		return error_set(e, ERR_MALFORMED, "content is missing");
	failed = order_format(r, format, detached, encoding, e);
	if (failed == 0)
		failed = copy_text(r->key_uri, sizeof(r->key_uri), "key", key,
				   e);
	if (failed == 0)
		failed = copy_text(r->algorithm, sizeof(r->algorithm),
				   "algorithm", algorithm, e);
	if (failed == 0)
		failed = order_expires(r, expires, e);
	return failed != 0 ? failed : order_content(r, body, content, e);
}

int order_parse(struct body *body, struct request *r, struct error *e)
{
	json_auto_t *root = NULL;
	json_error_t why;
	int failed = body_end(body, e);

	if (failed != 0)
		return failed;
	root = json_loadb((const char *)body->members.ptr, body->members.len,
			  JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		return error_set(e, ERR_MALFORMED,
				 "the body is no JSON object: %s", why.text);
	return order_members(r, body, root, e);
}
