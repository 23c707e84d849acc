/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: POST /v1/signatures, and the request it makes.
 */
#include <string.h>

#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/order.h"
#include "client/signature.h"

/* Released means that there is a signature, here or at the output: each. */
static int check_released(struct signet_client *c, const struct signet_request
			  *r, const struct signet_signature *s)
{
	if (strcmp(s->state, "released") != 0)
		return 0;
	if (s->signed_count == r->count && s->count == r->count)
		return 0;
	return error_set(&c->error.base, ERR_PROTOCOL, "signetd's answer:"
			 " released, but %zu of %zu signatures",
			 s->signed_count, r->count);
}

/* What was signed of a batch is kept: nobody may have to sign it again. */
static int keep_partial(struct signet_client *c,
			const struct signet_request *r, struct buf *answer)
{
	int code = c->error.base.code;
	struct error e;

	if (r->count > 1 &&
	    client_signature_partial(buf_slice(answer), r->format, &c->partial,
				     &e) != 0)
		error_prefix(&c->error.base, "(what was signed cannot be read:"
			     " %s) ", e.message);
	return code;
}

static int take_answer(struct signet_client *c, const struct signet_request *r,
		       struct buf *answer, const struct client_scan *scan,
		       struct signet_signature **out)
{
	struct signet_signature *s;
	int err = client_signature_read(buf_slice(answer), &s, &c->error.base);

	if (err != 0)
		return err;
	if (r->output >= 0)
		err = client_signature_went(s, scan->written, &c->error.base);
	if (err == 0)
		err = check_released(c, r, s);
	if (err != 0)
		signet_signature_free(s);
	else
		*out = s;
	return err;
}

static int send_request(struct signet_client *c, const struct signet_request *r,
			struct client_body *body, struct signet_signature **out)
{
	AUTO(client_scan_fini) struct client_scan scan;
	AUTO(buf_fini) struct buf answer;
	struct client_call call = {
		.method = "POST", .path = "/v1/signatures", .body = body,
		.async = r->async, .asks = true,
	};

	client_scan_init(&scan, r->output, r->format != SIGNET_JWS);
	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (r->output >= 0)
		call.scan = &scan;
	if (client_http(c, &call, &answer) != 0)
		return keep_partial(c, r, &answer);
	return take_answer(c, r, &answer, &scan, out);
}

int signet_client_sign(struct signet_client *c, const struct signet_request *r,
		       struct signet_signature **out)
{
	AUTO(client_order_fini) struct client_order order = { .count = 0 };
	struct client_body body;
	int err = client_begin(c);

	if (err == 0)
		err = client_order_make(r, &order, &c->error.base);
	if (err != 0)
		return err;
	client_body_init(&body, buf_slice(&order.text), order.parts,
			 order.count, &c->error.base);
	err = send_request(c, r, &body, out);
	client_body_fini(&body);
	return err;
}

const struct signet_signature *signet_client_partial(
	const struct signet_client *c)
{
	return c->partial;
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
	return r == 0 ? client_signature_read(buf_slice(&answer), out,
					      &c->error.base) : r;
}

int signet_client_cancel(struct signet_client *c, const char *id)
{
	AUTO(buf_fini) struct buf answer;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	return call_request(c, "DELETE", id, &answer);
}
