/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature: the answer to a request: one signature, or those of a batch.
 */
#include "client/signature.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "client/json.h"
#include "client/request.h"

struct certificate {
	struct buf der;
};

struct client_item_result {
	struct buf bytes;
	size_t len; /* of the signature, also when it went elsewhere */
};

static int read_certificate(void *item, json_t *j, struct error *e)
{
	struct certificate *c = item;
	const char *text = json_string_value(j);

	if (text == NULL)
		return error_set(e, ERR_PROTOCOL,
				 "signetd's answer: certificates");
	return client_json_bytes(text, "certificates", &c->der, e);
}

static void fini_certificate(void *item)
{
	struct certificate *c = item;

	buf_fini(&c->der);
}

static const struct client_list_type certificate_list = {
	.member = "certificates",
	.item_size = sizeof(struct certificate),
	.read = read_certificate,
	.fini = fini_certificate,
};

/* --- reading ------------------------------------------------------------ */

/* Room for len results. */
static int make_items(struct signet_signature *s, size_t len, struct error *e)
{
	s->items = calloc(len, sizeof(*s->items));
	return s->items != NULL ? 0 : error_set(e, ERR_NO_MEMORY, "answer");
}

static int read_bytes(struct signet_signature *s, const char *text,
		      struct error *e)
{
	struct client_item_result *i = &s->items[s->signed_count];
	int r = 0;

	if (text == NULL || text[0] == '\0')
		return error_set(e, ERR_PROTOCOL,
				 "signetd's answer: signature");
	if (strcmp(s->format, "jws") != 0) {
		r = client_json_bytes(text, "signature", &i->bytes, e);
	} else {
		buf_init(&i->bytes, strlen(text));
		buf_put_str(&i->bytes, text);
		if (buf_error(&i->bytes) != 0)
			r = error_set(e, buf_error(&i->bytes), "signature");
	}
	/* One that fails is counted too: it may be half read. */
	s->signed_count++;
	i->len = i->bytes.len;
	return r;
}

static const char *signature_of(const json_t *object)
{
	return json_string_value(json_object_get(object, "signature"));
}

/* The signature of a plain request; "" when it went to the output. */
static int read_single(struct signet_signature *s, json_t *root,
		       struct error *e)
{
	const char *text = signature_of(root);
	int r;

	s->count = 1;
	if (text == NULL || text[0] == '\0') {
		json_object_del(root, "signature");
		return 0;
	}
	r = make_items(s, 1, e);
	return r == 0 ? read_bytes(s, text, e) : r;
}

/* Those of a batch, which are taken out of the answer. */
static int read_items(struct signet_signature *s, json_t *root,
		      const json_t *items, struct error *e)
{
	size_t len = json_array_size(items);
	json_int_t count = 0;
	int r = client_json_unpack(root, e, "{s:I}", "count", &count);

	if (r == 0 && (count < 1 || len > (uint64_t)count))
		r = error_set(e, ERR_PROTOCOL, "signetd's answer: count");
	if (r == 0 && len > 0)
		r = make_items(s, len, e);
	if (r == 0)
		s->count = (size_t)count;
	for (size_t i = 0; i < len && r == 0; i++)
		r = read_bytes(s, signature_of(json_array_get(items, i)), e);
	json_object_del(root, "items");
	return r;
}

static int read_results(struct signet_signature *s, json_t *root,
			struct error *e)
{
	const json_t *items = json_object_get(root, "items");

	if (items == NULL)
		return read_single(s, root, e);
	return read_items(s, root, items, e);
}

static const char *text_or_none(const char *text)
{
	return text == NULL ? "" : text;
}

/* The members of a result are there when it is released. */
static int read_members(struct signet_signature *s, json_t *root,
			struct error *e)
{
	int r;

	r = client_json_unpack(root, e, "{s:s, s:s, s?s, s?s, s?s}", "id",
			       &s->id, "state", &s->state, "key", &s->key,
			       "algorithm", &s->algorithm, "format",
			       &s->format);
	s->key = text_or_none(s->key);
	s->algorithm = text_or_none(s->algorithm);
	s->format = text_or_none(s->format);
	return r;
}

/* A problem document as what a request that failed is, without the error. */
static int to_failed(json_t *root, enum signet_format format, struct error *e)
{
	static const char *const problem[] = { "type", "title", "detail", "ckr",
					       "code", "status", "retry" };
	json_t *id = json_object_get(root, "request");
	int r;

	for (size_t i = 0; i < ARRAY_LEN(problem); i++)
		json_object_del(root, problem[i]);
	r = json_is_string(id) ? json_object_set(root, "id", id) :
		json_object_set_new(root, "id", json_string(""));
	json_object_del(root, "request");
	if (r == 0)
		r = json_object_set_new(root, "state", json_string("failed"));
	if (r == 0)
		r = json_object_set_new(root, "format", json_string(
					client_format_name(format)));
	return r == 0 ? 0 : error_set(e, ERR_NO_MEMORY, "signatures");
}

/* Takes over root; r is what became of its members. */
static int finish(struct signet_signature *s, json_t *root, int r,
		  struct error *e)
{
	if (r == 0)
		r = read_results(s, root, e);
	if (r == 0 && json_object_get(root, "certificates") == NULL &&
	    json_object_set_new(root, "certificates", json_array()) != 0)
		r = error_set(e, ERR_NO_MEMORY, "signature");
	if (r != 0) {
		json_decref(root);
		return r;
	}
	return client_list_read(&s->certificates, &certificate_list, root, e);
}

int client_signature_read(struct slice answer, struct signet_signature **out,
			  struct error *e)
{
	struct signet_signature *s = calloc(1, sizeof(*s));
	json_t *root = client_json_parse(answer);
	int r;

	if (s == NULL || root == NULL) {
		json_decref(root);
		free(s);
		return error_set(e, s == NULL ? ERR_NO_MEMORY : ERR_PROTOCOL,
				 "signetd's answer is not JSON");
	}
	r = finish(s, root, read_members(s, root, e), e);
	if (r != 0)
		signet_signature_free(s);
	else
		*out = s;
	return r;
}

int client_signature_partial(struct slice problem, enum signet_format format,
			     struct signet_signature **out, struct error *e)
{
	json_t *root = client_json_parse(problem);
	struct signet_signature *s;
	int r;

	*out = NULL;
	if (json_array_size(json_object_get(root, "items")) == 0) {
		json_decref(root);
		return 0;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		json_decref(root);
		return error_set(e, ERR_NO_MEMORY, "signatures");
	}
	r = to_failed(root, format, e);
	if (r == 0)
		r = read_members(s, root, e);
	r = finish(s, root, r, e);
	if (r != 0)
		signet_signature_free(s);
	else
		*out = s;
	return r;
}

int client_signature_went(struct signet_signature *s, size_t len,
			  struct error *e)
{
	int r = 0;

	if (len == 0 || s->signed_count > 0)
		return 0;
	r = make_items(s, 1, e);
	if (r != 0)
		return r;
	s->items[0].len = len;
	s->signed_count = 1;
	return 0;
}

void signet_signature_free(struct signet_signature *s)
{
	if (s == NULL)
		return;
	client_list_fini(&s->certificates);
	for (size_t i = 0; i < s->signed_count; i++)
		buf_fini(&s->items[i].bytes);
	free(s->items);
	free(s);
}

/* --- looking ------------------------------------------------------------ */

const char *signet_signature_json(const struct signet_signature *s)
{
	return s->certificates.json;
}

const char *signet_signature_id(const struct signet_signature *s)
{
	return s->id;
}

const char *signet_signature_state(const struct signet_signature *s)
{
	return s->state;
}

const char *signet_signature_key(const struct signet_signature *s)
{
	return s->key;
}

const char *signet_signature_algorithm(const struct signet_signature *s)
{
	return s->algorithm;
}

const char *signet_signature_format(const struct signet_signature *s)
{
	return s->format;
}

size_t signet_signature_count(const struct signet_signature *s)
{
	return s->count;
}

size_t signet_signature_signed(const struct signet_signature *s)
{
	return s->signed_count;
}

const unsigned char *signet_signature_item(const struct signet_signature *s,
					   size_t i, size_t *len)
{
	bool any = i < s->signed_count;

	*len = any ? s->items[i].len : 0;
	return any ? s->items[i].bytes.ptr : NULL;
}

const unsigned char *signet_signature_bytes(const struct signet_signature *s,
					    size_t *len)
{
	return signet_signature_item(s, 0, len);
}

const unsigned char *signet_signature_certificate(
	const struct signet_signature *s, size_t i, size_t *len)
{
	const struct certificate *c = client_list_at(&s->certificates, i);

	*len = c == NULL ? 0 : c->der.len;
	return c == NULL ? NULL : c->der.ptr;
}
