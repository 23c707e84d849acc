/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: POST /v1/signatures, and the request it makes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/json.h"
#include "client/list.h"
#include "client/request.h"

struct certificate {
	struct buf der;
};

struct signet_signature {
	struct client_list certificates; /* its root is the whole answer */
	const char *id, *state, *key, *algorithm, *format;
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

static int read_bytes(struct signet_signature *s, json_t *root,
		      struct error *e)
{
	const char *text;
	int r;

	text = json_string_value(json_object_get(root, "signature"));
	if (text == NULL || text[0] == '\0')
		return 0;
	if (strcmp(s->format, "jws") == 0) {
		buf_init(&s->bytes, strlen(text));
		buf_put_str(&s->bytes, text);
		r = buf_error(&s->bytes);
		if (r != 0)
			return error_set(e, r, "signature");
	} else {
		r = client_json_bytes(text, "signature", &s->bytes, e);
		if (r != 0)
			return r;
	}
	s->len = s->bytes.len;
	return 0;
}

static const char *text_or_none(const char *text)
{
	return text == NULL ? "" : text;
}

/* Takes over root.  The members of a result are there when it is released. */
static int read_signature(struct signet_signature *s, json_t *root,
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
	if (r == 0)
		r = read_bytes(s, root, e);
	if (r == 0 && json_object_get(root, "certificates") == NULL &&
	    json_object_set_new(root, "certificates", json_array()) != 0)
		r = error_set(e, ERR_NO_MEMORY, "signature");
	if (r == 0 && s->len == 0)
		json_object_del(root, "signature");
	if (r != 0) {
		json_decref(root);
		return r;
	}
	return client_list_read(&s->certificates, &certificate_list, root, e);
}

static int make_signature(struct signet_client *c, struct slice answer,
			  struct signet_signature **out)
{
	struct signet_signature *s = calloc(1, sizeof(*s));
	json_t *root = client_json_parse(answer);
	int r;

	if (s != NULL && root != NULL)
		r = read_signature(s, root, &c->error.base);
	else
		r = error_set(&c->error.base,
			      s == NULL ? ERR_NO_MEMORY : ERR_PROTOCOL,
			      "signetd's answer is not JSON");
	if (r == 0) {
		*out = s;
		return 0;
	}
	if (s == NULL)
		json_decref(root);
	signet_signature_free(s);
	return r;
}

/* Released means that there is a signature, here or at the output. */
static int check_released(struct signet_client *c, struct signet_signature *s)
{
	if (strcmp(s->state, "released") != 0 || s->len > 0)
		return 0;
	return error_set(&c->error.base, ERR_PROTOCOL,
			 "signetd's answer: released, but no signature");
}

static int send_request(struct signet_client *c, const struct signet_request *r,
			struct client_body *body, struct signet_signature **out)
{
	struct signet_signature *s = NULL;
	AUTO(client_scan_fini) struct client_scan scan;
	AUTO(buf_fini) struct buf answer;
	struct client_call call = {
		.method = "POST", .path = "/v1/signatures", .body = body,
		.async = r->async
	};
	int err;

	client_scan_init(&scan, r->output, r->format != SIGNET_JWS);
	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (r->output >= 0)
		call.scan = &scan;
	err = client_http(c, &call, &answer);
	if (err == 0)
		err = make_signature(c, buf_slice(&answer), &s);
	if (err != 0)
		return err;
	if (r->output >= 0)
		s->len = scan.written;
	err = check_released(c, s);
	if (err != 0)
		signet_signature_free(s);
	else
		*out = s;
	return err;
}

int signet_client_sign(struct signet_client *c, const struct signet_request *r,
		       struct signet_signature **out)
{
	bool digest = r->content.kind == CONTENT_DIGEST;
	AUTO(buf_fini) struct buf head;
	AUTO(buf_fini) struct buf tail;
	struct client_body body;
	int err = client_begin(c);

	buf_init(&head, LIMIT_BODY_MEMBERS);
	buf_init(&tail, LIMIT_BODY_MEMBERS);
	if (err == 0)
		err = client_request_body(r, &head, &tail, &c->error.base);
	if (err != 0)
		return err;
	client_body_init(&body, buf_slice(&head), digest ? NULL : &r->content,
			 buf_slice(&tail), &c->error.base);
	err = send_request(c, r, &body, out);
	client_body_fini(&body);
	return err;
}

static int request_path(struct signet_client *c, const char *id,
			struct buf *path)
{
	buf_put_str(path, "/v1/signatures/");
	buf_put_str(path, id);
	if (buf_error(path) != 0 || id[0] == '\0' ||
	    strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		   "0123456789-_.") != strlen(id))
		return error_set(&c->error.base, ERR_NO_SUCH_REQUEST,
				 "%s is not the id of a request", id);
	return 0;
}

/* The method on a request by its id. */
static int call_request(struct signet_client *c, const char *method,
			const char *id, struct buf *answer)
{
	struct client_call call = { .method = method };
	AUTO(buf_fini) struct buf path;
	int r = client_begin(c);

	buf_init(&path, LIMIT_NAME);
	if (r == 0)
		r = request_path(c, id, &path);
	if (r != 0)
		return r;
	call.path = buf_text(&path);
	return client_http(c, &call, answer);
}

int signet_client_signature(struct signet_client *c, const char *id,
			    struct signet_signature **out)
{
	AUTO(buf_fini) struct buf answer;
	int r;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	r = call_request(c, "GET", id, &answer);
	return r == 0 ? make_signature(c, buf_slice(&answer), out) : r;
}

int signet_client_cancel(struct signet_client *c, const char *id)
{
	AUTO(buf_fini) struct buf answer;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	return call_request(c, "DELETE", id, &answer);
}

void signet_signature_free(struct signet_signature *s)
{
	if (s == NULL)
		return;
	client_list_fini(&s->certificates);
	buf_fini(&s->bytes);
	free(s);
}

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

const unsigned char *signet_signature_bytes(const struct signet_signature *s,
					    size_t *len)
{
	*len = s->len;
	return s->bytes.ptr;
}

const unsigned char *signet_signature_certificate(
	const struct signet_signature *s, size_t i, size_t *len)
{
	const struct certificate *c = client_list_at(&s->certificates, i);

	*len = c == NULL ? 0 : c->der.len;
	return c == NULL ? NULL : c->der.ptr;
}
