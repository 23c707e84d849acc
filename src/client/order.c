/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: a request as the body of POST /v1/signatures.
 */
#include "client/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/limits.h"
#include "client/json.h"

#define ORDER_MEDIA_TYPE "application/octet-stream"

void client_order_fini(struct client_order *o)
{
	buf_fini(&o->text);
	free(o->parts);
	o->parts = NULL;
}

/* All members but the content. */
static json_t *members(const struct signet_request *r)
{
	char expires[CLOCK_RFC3339_SIZE];
	json_t *j;

	if (r->expires != 0)
		clock_format(r->expires, expires);
	j = json_pack("{s:s*, s:s*, s:s, s:s*, s:s*}", "key", r->key,
		      "algorithm", r->algorithm, "format",
		      client_format_name(r->format), "encoding",
		      r->format != SIGNET_RAW ? NULL :
		      r->p1363		      ? "p1363" : "der", "expires",
		      r->expires != 0 ? expires : NULL);
	/* A raw signature holds no content: there is nothing to say. */
	if (j != NULL && r->format != SIGNET_RAW &&
	    json_object_set_new(j, "detached", json_boolean(r->detached))) {
		json_decref(j);
		return NULL;
	}
	return j;
}

static json_t *digest_members(const struct client_item *i)
{
	const struct client_content *c = &i->content;
	AUTO(buf_fini) struct buf text = { .ptr = NULL };

	buf_init(&text, b64_encoded_len(B64_STD, c->bytes.len));
	b64_encode(B64_STD, c->bytes, &text);
	return json_pack("{s:{s:s, s:s}, s:s*}", "digest", "algorithm",
			 c->algorithm, "value", buf_text(&text), "name",
			 i->name);
}

static json_t *content_members(const struct client_item *i)
{
	switch (i->content.kind) {
	case CONTENT_DIGEST:
		return digest_members(i);
	case CONTENT_PAYMENT:
		return json_pack("{s:s, s:s*, s:o}", "media_type",
				 CLIENT_PAYMENT_TYPE, "name", i->name,
				 "payment", client_json_parse(
					i->content.bytes));
	default:
		return json_pack("{s:s, s:s*}", "media_type",
				 i->media_type != NULL ? i->media_type :
							 ORDER_MEDIA_TYPE,
				 "name", i->name);
	}
}

/* An object as text without its closing brace, for more members to follow. */
static void put_open(struct buf *out, const json_t *object)
{
	AUTO(client_json_text_free) char *text =
		json_dumps(object, JSON_COMPACT);

	if (text == NULL)
		out->failed = ERR_NO_MEMORY;
	else
		buf_put(out, text, strlen(text) - 1);
}

static int not_text(struct error *e)
{
	return error_set(e, ERR_USAGE, "a text of the request is not UTF-8, or"
			 " there is no memory");
}

static bool is_sent(const struct client_content *c)
{
	return c->kind != CONTENT_DIGEST && c->kind != CONTENT_PAYMENT;
}

/* The object of a content; what is sent as base64 becomes a part's. */
static int put_content(struct client_order *o, const struct client_item *i,
		       struct error *e)
{
	AUTO(client_json_unref) json_t *content = NULL;

	if (i->content.kind == CONTENT_NONE)
		return error_set(e, ERR_USAGE, "the request has no content");
	content = content_members(i);
	if (content == NULL)
		return not_text(e);
	put_open(&o->text, content);
	if (is_sent(&i->content)) {
		buf_put_str(&o->text, ",\"data\":\"");
		o->parts[o->count++] = (struct client_part){
			.end = o->text.len, .content = &i->content,
		};
		buf_put_str(&o->text, "\"");
	}
	buf_put_str(&o->text, "}");
	return 0;
}

static int put_items(const struct signet_request *r, struct client_order *o,
		     struct error *e)
{
	int err = 0;

	buf_put_str(&o->text, ",\"items\":[");
	for (size_t i = 0; i < r->count && err == 0; i++) {
		buf_put_str(&o->text, i == 0 ? "{\"content\":" :
					       ",{\"content\":");
		err = put_content(o, &r->items[i], e);
		buf_put_str(&o->text, "}");
		if (err != 0)
			error_prefix(e, "item %zu: ", i + 1);
	}
	buf_put_str(&o->text, "]");
	return err;
}

/* The signatures of a batch come in one answer, which is kept in memory. */
static int check_batch(const struct signet_request *r, struct error *e)
{
	uint64_t size = 0;

	if (r->count == 1)
		return 0;
	if (r->output >= 0)
		return error_set(e, ERR_USAGE, "a batch has no output: its"
				 " signatures are in the answer");
	if (r->format == SIGNET_RAW || r->detached)
		return 0;
	for (size_t i = 0; i < r->count; i++)
		size += r->items[i].content.size;
	if (size > LIMIT_CONTENT)
		return error_set(e, ERR_TOO_LARGE, "the contents of an attached"
				 " batch have more than %u MiB in all: sign"
				 " fewer at a time, or detached",
				 LIMIT_CONTENT / (1024 * 1024));
	return 0;
}

int client_order_make(const struct signet_request *r, struct client_order *o,
		      struct error *e)
{
	AUTO(client_json_unref) json_t *all = members(r);
	int err;

	*o = (struct client_order){ .count = 0 };
	buf_init(&o->text, LIMIT_BODY_MEMBERS);
	err = check_batch(r, e);
	if (err != 0)
		return err;
	o->parts = calloc(r->count + 1, sizeof(*o->parts));
	if (o->parts == NULL || all == NULL)
		return not_text(e);
	put_open(&o->text, all);
	if (r->count > 1) {
		err = put_items(r, o, e);
	} else {
		buf_put_str(&o->text, ",\"content\":");
		err = put_content(o, r->items, e);
	}
	buf_put_str(&o->text, "}");
	o->parts[o->count++] = (struct client_part){ .end = o->text.len };
	if (err == 0 && buf_error(&o->text) != 0)
		err = error_set(e, buf_error(&o->text), "the names and payments"
				" of the request are more than %u KiB: sign"
				" fewer at a time", LIMIT_BODY_MEMBERS / 1024);
	return err;
}
