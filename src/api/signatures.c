/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signatures: POST /v1/signatures, GET and DELETE /v1/signatures/{id}.
 */
#include <stdio.h>
#include <string.h>

#include "api/exchange.h"
#include "api/order.h"
#include "base/problem.h"
#include "api/route.h"
#include "api/signatures.h"
#include "base/limits.h"
#include "base/writer.h"
#include "broker/authentication.h"
#include "broker/idempotent.h"
#include "broker/supervision.h"

/* --- the object of a request -------------------------------------------- */

/* "key":...,"certificates":[...]: the same in each answer, made once. */
static struct slice key_members(struct key *k)
{
	struct writer j = writer_of(&k->answer);

	if (k->answer.len > 0)
		return buf_slice(&k->answer);
	writer_text(&j, "key", k->uri);
	writer_open(&j, "certificates", '[');
	if (k->wire.certificate.len > 0)
		writer_b64(&j, NULL, k->wire.certificate);
	for (size_t i = 0; i < k->chain_len; i++)
		writer_b64(&j, NULL, k->chain[i]);
	writer_close(&j, ']');
	return buf_slice(&k->answer);
}

/* All but the signatures and the closing brace. */
static void put_request(struct writer *j, struct request *r)
{
	writer_open(j, NULL, '{');
	writer_text(j, "id", r->id);
	writer_text(j, "state", request_state_name(r->state));
	if (r->key != NULL)
		writer_raw(j, NULL, key_members(r->key));
	if (r->order.alg != NULL)
		writer_text(j, "algorithm", r->order.alg->name);
	writer_text(j, "format", format_kind_name(r->order.format));
	writer_bool(j, "detached",
		    r->order.detached || r->order.format == FORMAT_RAW);
	if (request_state_final(r->state) && r->error.code != 0) {
		writer_open(j, "error", '{');
		problem_members(j, &r->error, r->id, r->signed_count == 0);
		writer_close(j, '}');
	}
}

static void put_evidence(struct writer *j, uint64_t sequence,
			 const uint8_t *hash)
{
	writer_open(j, "evidence", '{');
	writer_int(j, "seq", (int64_t)sequence);
	writer_hex(j, "hash", slice_of(hash, CHAIN_HASH));
	writer_close(j, '}');
}

static void put_end(struct writer *j, const struct request *r)
{
	const struct chain *at = &r->record.at;

	if (at->sequence != 0)
		put_evidence(j, at->sequence, at->hash);
	writer_close(j, '}');
}

/* A result that lies in a file is sent from there. */
static void answer_large(struct exchange *x, unsigned status,
			 struct request *r, struct buf *text)
{
	struct exchange_large large = { .bytes = r->items[0].signature };
	struct writer j = { .out = &large.tail, .comma = true };

	large.b64 = r->order.format != FORMAT_JWS;
	buf_put_str(text, ",\"signature\":\"");
	buf_init(&large.tail, 256);
	buf_put_u8(&large.tail, '"');
	put_end(&j, r);
	exchange_answer_large(x, status, text, &large, r);
}

/* A JWS is ASCII without quotes: it needs no escaping. */
static void put_signature(struct writer *j, const struct request *r,
			  const struct item *i)
{
	if (r->order.format != FORMAT_JWS) {
		writer_b64(j, "signature", i->signature);
		return;
	}
	writer_raw(j, "signature", slice_str("\""));
	buf_put_slice(j->out, i->signature);
	buf_put_u8(j->out, '"');
}

/* Where two had to agree: what each of them signed, as JWS. */
static void put_approval(struct writer *j, const char *role,
			 const struct key *k, const struct item *statement)
{
	writer_open(j, NULL, '{');
	writer_text(j, "role", role);
	writer_text(j, "key", k->uri);
	writer_b64(j, "certificate", k->wire.certificate);
	writer_raw(j, "signature", slice_str("\""));
	buf_put_slice(j->out, statement->signature);
	buf_put_u8(j->out, '"');
	writer_close(j, '}');
}

static void put_approvals(struct writer *j, const struct request *r)
{
	const struct supervision *s = r->supervision;

	if (s == NULL || r->signed_count == 0)
		return;
	writer_open(j, "approvals", '[');
	put_approval(j, "supervisor", s->key, &s->statement);
	put_approval(j, "signer", r->key, &r->statement);
	writer_close(j, ']');
}

/* Each item that was signed, in their order; none is missing in between. */
static void put_items(struct writer *j, const struct request *r)
{
	writer_int(j, "count", r->count);
	writer_int(j, "signed", r->signed_count);
	writer_open(j, "items", '[');
	for (unsigned i = 0; i < r->signed_count; i++) {
		writer_open(j, NULL, '{');
		put_signature(j, r, &r->items[i]);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

/* A token of Web eID, in its own words: servers have verifiers for it. */
static void put_token(struct writer *j, const struct request *r)
{
	writer_open(j, NULL, '{');
	writer_text(j, "id", r->id);
	writer_text(j, "state", request_state_name(r->state));
	writer_text(j, "key", r->key->uri);
	writer_b64(j, "unverifiedCertificate", r->key->wire.certificate);
	writer_text(j, "algorithm", r->order.alg->name);
	writer_b64(j, "signature", r->items[0].signature);
	writer_text(j, "format", AUTHENTICATION_FORMAT);
	writer_text(j, "appVersion", AUTHENTICATION_APP);
	put_approvals(j, r);
}

/* All but the end, which says where it is recorded. */
static void put_answer(struct writer *j, struct request *r)
{
	if (r->authentication != NULL && r->state == REQUEST_RELEASED) {
		put_token(j, r);
		return;
	}
	put_request(j, r);
	if (r->state == REQUEST_RELEASED)
		put_approvals(j, r);
	if (r->batch && request_state_final(r->state))
		put_items(j, r);
	else if (r->state == REQUEST_RELEASED)
		put_signature(j, r, &r->items[0]);
}

/* What was recorded with the Idempotency-Key, now or at the first time. */
static bool answer_kept(struct exchange *x, const struct request *r)
{
	const struct store_answer *a;
	struct buf text;
	struct writer j = { .out = &text, .comma = true };

	if (r->idempotent == NULL || !r->idempotent->kept)
		return false;
	a = &r->idempotent->answer;
	buf_init(&text, EXCHANGE_TEXT_MAX);
	buf_put_slice(&text, buf_slice(&a->body));
	put_evidence(&j, a->sequence, a->hash);
	writer_close(&j, '}');
	exchange_answer(x, a->status, &text);
	return true;
}

static void answer_request(struct exchange *x, unsigned status,
			   struct request *r)
{
	struct buf text;
	struct writer j = writer_of(&text);
	char location[sizeof("/v1/signatures/") + REQUEST_ID_SIZE];

	buf_init(&text, EXCHANGE_TEXT_MAX);
	if (r->state == REQUEST_RELEASED && !r->batch &&
	    spool_large(&r->items[0].result)) {
		put_request(&j, r);
		put_approvals(&j, r);
		answer_large(x, status, r, &text);
		return;
	}
	put_answer(&j, r);
	put_end(&j, r);
	snprintf(location, sizeof(location), "/v1/signatures/%s", r->id);
	exchange_answer_location(x, status, &text,
				 status == 200 ? NULL : location);
}

/* What stopped a batch, as a problem; and what had been signed by then. */
static void put_failed(struct writer *j, struct request *r)
{
	writer_open(j, NULL, '{');
	problem_members(j, &r->error, r->id, r->signed_count == 0);
	if (r->signed_count > 0)
		writer_raw(j, NULL, key_members(r->key));
	put_approvals(j, r);
	put_items(j, r);
}

static void answer_failed(struct exchange *x, struct request *r)
{
	struct buf text;
	struct writer j = writer_of(&text);

	if (!r->batch) {
		exchange_refuse(x, &r->error, r->id);
		return;
	}
	buf_init(&text, EXCHANGE_TEXT_MAX);
	put_failed(&j, r);
	put_end(&j, r);
	exchange_answer(x, (unsigned)err_info(r->error.code)->http, &text);
}

/* --- POST --------------------------------------------------------------- */

static void signature_ended(struct request *r, void *arg)
{
	struct exchange *x = arg;

	x->gone = NULL;
	if (answer_kept(x, r))
		return;
	if (r->state == REQUEST_RELEASED)
		answer_request(x, 201, r);
	else
		answer_failed(x, r);
}

/* The client has left: whoever does not wait gets no signature. */
static void signature_gone(struct exchange *x)
{
	x->gone = NULL;
	x->request->ended = NULL;
	request_cancel(x->request, "the client has gone");
}

static void signature_start(struct exchange *x)
{
	struct request *r = x->request;

	if (x->async) {
		r->remember = true;
		request_start(r);
		answer_request(x, 202, r);
		return;
	}
	x->gone = signature_gone;
	r->ended = signature_ended;
	r->ended_arg = x;
	request_start(r);
}

/* A client gone before its key was known. */
static void wait_gone(struct exchange *x)
{
	x->gone = NULL;
}

/* A module that is still starting may have the key: wait a little. */
static bool signature_waits(struct exchange *x)
{
	/* A sign-in names no key. */
	const char *uri = x->request->authentication != NULL ? NULL :
		x->request->key_uri;
	struct error not_yet;
	struct key *k;

	if (broker_knows(x->broker, uri))
		return false;
	if (uri != NULL &&
	    broker_find_key_for(x->broker, x->caller, x->request->key_uri, &k,
				&not_yet) == 0) {
		key_unref(k);
		return false;
	}
	x->gone = wait_gone;
	return exchange_wait(x, uri, LIMIT_KEY_WAIT_MS, signature_start);
}

/* The same text that would be sent, without its end. */
static void signature_render(struct request *r, struct buf *out,
			     unsigned *status)
{
	struct writer j = writer_of(out);

	if (r->state == REQUEST_RELEASED) {
		put_answer(&j, r);
		*status = 201;
	} else {
		put_failed(&j, r);
		*status = (unsigned)err_info(r->error.code)->http;
	}
}

static bool prefers_async(struct exchange *x)
{
	const char *prefer = exchange_header(x, "Prefer");

	return prefer != NULL && strstr(prefer, "respond-async") != NULL;
}

static int signature_check(struct exchange *x, struct error *e)
{
	if (x->failure.code != 0) {
		*e = x->failure;
		return e->code;
	}
	if (order_parse(x->body, x->request, e) != 0)
		return e->code;
	return signatures_idempotent(x, e);
}

int signatures_idempotent(struct exchange *x, struct error *e)
{
	if (!x->digested)
		return 0;
	x->request->render = signature_render;
	return idempotent_new(x->request,
			      exchange_header(x, "Idempotency-Key"),
			      x->digest, e);
}

void signatures_go(struct exchange *x)
{
	x->async = prefers_async(x);
	if (!signature_waits(x))
		signature_start(x);
}

void api_signatures_post(struct exchange *x)
{
	struct error e;

	if (signature_check(x, &e) != 0) {
		exchange_refuse(x, &e, NULL);
		return;
	}
	signatures_go(x);
}

/* --- GET, DELETE -------------------------------------------------------- */

static struct request *find_request(struct exchange *x)
{
	struct request *r = broker_find_request(x->broker, x->argument,
						x->caller);
	struct error e;

	if (r == NULL) {
		error_set(&e, ERR_NO_SUCH_REQUEST,
			  "no request %s; of those that ended the last %u"
			  " with \"Prefer: respond-async\" are remembered,"
			  " and %u without", x->argument, LIMIT_FINISHED,
			  LIMIT_FINISHED_ANSWERED);
		exchange_refuse(x, &e, NULL);
	}
	return r;
}

void api_signature_get(struct exchange *x)
{
	struct request *r = find_request(x);

	if (r == NULL || (r->idempotent != NULL && r->idempotent->found &&
			  answer_kept(x, r)))
		return;
	answer_request(x, 200, r);
}

void api_signature_delete(struct exchange *x)
{
	struct request *r = find_request(x);
	struct error e;

	if (r == NULL)
		return;
	if (request_state_final(r->state)) {
		error_set(&e, ERR_FINISHED, "the request has ended: %s",
			  request_state_name(r->state));
		exchange_refuse(x, &e, r->id);
		return;
	}
	request_ref(r);
	request_cancel(r, "cancelled by its owner");
	answer_request(x, 200, r);
	request_unref(r);
}
