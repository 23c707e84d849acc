/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origins: /v1/origins, the pages that the user has allowed.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/json.h"
#include "client/list.h"

struct signet_origin {
	const char *name, *by, *since;
};

struct signet_origins {
	struct client_list list;
};

static int read_origin(void *item, json_t *j, struct error *e)
{
	struct signet_origin *o = item;

	return client_json_unpack(j, e, "{s:s, s:s, s:s}", "origin", &o->name,
				  "by", &o->by, "since", &o->since);
}

static const struct client_list_type origin_list = {
	.member = "origins",
	.item_size = sizeof(struct signet_origin),
	.read = read_origin,
};

int signet_client_origins(struct signet_client *c, struct signet_origins **out)
{
	struct signet_origins *o;
	int r = client_begin(c);

	if (r != 0)
		return r;
	o = calloc(1, sizeof(*o));
	if (o == NULL)
		return error_set(&c->error.base, ERR_NO_MEMORY, "origins");
	r = client_list_get(&o->list, &origin_list, c, "/v1/origins");
	if (r != 0)
		free(o);
	else
		*out = o;
	return r;
}

void signet_origins_free(struct signet_origins *o)
{
	if (o == NULL)
		return;
	client_list_fini(&o->list);
	free(o);
}

const char *signet_origins_json(const struct signet_origins *o)
{
	return o->list.json;
}

const struct signet_origin *signet_origins_at(const struct signet_origins *o,
					      size_t i)
{
	return client_list_at(&o->list, i);
}

const char *signet_origin_name(const struct signet_origin *o)
{
	return o->name;
}

const char *signet_origin_by(const struct signet_origin *o)
{
	return o->by;
}

const char *signet_origin_since(const struct signet_origin *o)
{
	return o->since;
}

/* --- allow and revoke ---------------------------------------------------- */

static int make_body(struct signet_client *c, const char *origin,
		     struct buf *text)
{
	AUTO(client_json_unref) json_t *j = json_pack("{s:s}", "origin",
						      origin);
	AUTO(client_json_text_free) char *plain = NULL;

	if (j != NULL)
		plain = json_dumps(j, JSON_COMPACT);
	if (plain == NULL)
		return error_set(&c->error.base, ERR_USAGE, "the origin is not"
				 " UTF-8, or there is no memory");
	buf_put_str(text, plain);
	if (buf_error(text) != 0)
		return error_set(&c->error.base, buf_error(text),
				 "the origin is too long");
	return 0;
}

int signet_client_origin_allow(struct signet_client *c, const char *origin)
{
	AUTO(buf_fini) struct buf text = { .max = LIMIT_BODY_MEMBERS };
	AUTO(buf_fini) struct buf answer = { .max = CLIENT_ANSWER_MAX };
	struct client_body body;
	struct client_part part;
	const struct client_call call = { .method = "POST",
					  .path = "/v1/origins",
					  .body = &body };
	int r = client_begin(c);

	if (r == 0)
		r = make_body(c, origin, &text);
	if (r != 0)
		return r;
	part = (struct client_part){ .end = text.len };
	client_body_init(&body, buf_slice(&text), &part, 1, &c->error.base);
	r = client_http(c, &call, &answer);
	client_body_fini(&body);
	return r;
}

int signet_client_origin_revoke(struct signet_client *c, const char *origin)
{
	AUTO(buf_fini) struct buf path = { .max = LIMIT_BODY_MEMBERS };
	AUTO(buf_fini) struct buf answer = { .max = CLIENT_ANSWER_MAX };
	struct client_call call = { .method = "DELETE" };
	int r = client_begin(c);

	if (r != 0)
		return r;
	buf_put_str(&path, "/v1/origins");
	client_http_query(&path, "origin", origin);
	if (buf_error(&path) != 0)
		return error_set(&c->error.base, buf_error(&path),
				 "the origin is too long");
	call.path = buf_text(&path);
	return client_http(c, &call, &answer);
}
