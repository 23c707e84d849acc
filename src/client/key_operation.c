/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_operation: POST /v1/key-operations: a new key on a token, or a
 * certificate for one.
 */
#include <stdlib.h>

#include "base/b64.h"
#include "base/limits.h"
#include "client/client.h"
#include "client/file.h"
#include "client/http.h"
#include "client/json.h"

struct signet_made_key {
	json_t *root;
	char *json;
	const char *token, *id, *public_key;
};

static int made_take(struct signet_client *c, struct slice answer,
		     struct signet_made_key **out)
{
	struct error *e = &c->error.base;
	struct signet_made_key *k = calloc(1, sizeof(*k));
	int r;

	if (k == NULL)
		return error_set(e, ERR_NO_MEMORY, "answer");
	k->root = client_json_parse(answer);
	r = client_json_unpack(k->root, e, "{s:s, s:s, s:s}", "token",
			       &k->token, "id", &k->id, "public_key",
			       &k->public_key);
	if (r == 0) {
		k->json = json_dumps(k->root, JSON_COMPACT);
		if (k->json == NULL)
			r = error_set(e, ERR_NO_MEMORY, "answer");
	}
	if (r != 0)
		signet_made_key_free(k);
	else
		*out = k;
	return r;
}

/* Takes j over; NULL is one that could not be made. */
static int made_ask(struct signet_client *c, json_t *j,
		    struct signet_made_key **out)
{
	AUTO(client_json_unref) json_t *owned = j;
	AUTO(client_json_text_free) char *plain = NULL;
	AUTO(buf_fini) struct buf answer;
	struct client_body body;
	struct client_part part;
	struct client_call call = {
		.method = "POST", .path = "/v1/key-operations",
		.body = &body, .asks = true,
	};
	int r;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (owned != NULL)
		plain = json_dumps(owned, JSON_COMPACT);
	if (plain == NULL)
		return error_set(&c->error.base, ERR_USAGE, "a text of the"
				 " request is missing or not UTF-8, or there"
				 " is no memory");
	part = (struct client_part){ .end = slice_str(plain).len };
	client_body_init(&body, slice_str(plain), &part, 1, &c->error.base);
	r = client_http(c, &call, &answer);
	client_body_fini(&body);
	return r == 0 ? made_take(c, buf_slice(&answer), out) : r;
}

int signet_client_key_generate(struct signet_client *c, const char *token,
			       const char *id, const char *type,
			       const char *label, struct signet_made_key **out)
{
	int r = client_begin(c);

	if (r != 0)
		return r;
	return made_ask(c, json_pack("{s:s, s:s, s:s, s:s*, s:s*}",
				     "operation", "generate", "id", id, "type",
				     type, "token", token, "label", label),
			out);
}

int signet_client_key_certificate(struct signet_client *c, const char *token,
				  const char *id, const char *path,
				  const char *label,
				  struct signet_made_key **out)
{
	AUTO(buf_fini) struct buf file;
	AUTO(buf_fini) struct buf der;
	AUTO(buf_fini) struct buf text;
	int r = client_begin(c);

	buf_init(&file, LIMIT_BODY_MEMBERS);
	buf_init(&der, LIMIT_CERTIFICATE);
	buf_init(&text, LIMIT_BODY_MEMBERS);
	if (r == 0)
		r = client_file_read(path, &file, &c->error.base);
	if (r == 0)
		r = client_file_der(buf_slice(&file), &der, &c->error.base);
	if (r != 0)
		return r;
	b64_encode(B64_STD, buf_slice(&der), &text);
	if (buf_error(&der) != 0 || buf_error(&text) != 0)
		return error_set(&c->error.base, ERR_TOO_LARGE,
				 "%.200s is too large for a certificate", path);
	return made_ask(c, json_pack("{s:s, s:s, s:s%, s:s*, s:s*}",
				     "operation", "import-certificate", "id",
				     id, "certificate", text.ptr, text.len,
				     "token", token, "label", label), out);
}

void signet_made_key_free(struct signet_made_key *k)
{
	if (k == NULL)
		return;
	json_decref(k->root);
	free(k->json);
	free(k);
}

const char *signet_made_key_json(const struct signet_made_key *k)
{
	return k->json;
}

const char *signet_made_key_token(const struct signet_made_key *k)
{
	return k->token;
}

const char *signet_made_key_id(const struct signet_made_key *k)
{
	return k->id;
}

const char *signet_made_key_public(const struct signet_made_key *k)
{
	return k->public_key;
}
