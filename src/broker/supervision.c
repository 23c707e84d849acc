/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervision: a second person agrees first, with a key of their own.
 */
#include "broker/supervision.h"

#include <jansson.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "broker/ask.h"
#include "broker/broker.h"
#include "content/jcs.h"

#define STATEMENT_TYPE "application/vnd.signet.approval+json"
/* A hundred bytes for each item. */
#define STATEMENT_MAX (1024u * 1024)

/* --- the statement ------------------------------------------------------ */

static json_t *statement_item(const struct item *i)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char text[2 * sizeof(i->digest) + 1];

	if (i->digest_len > 0) {
		hex_encode(slice_of(i->digest, i->digest_len), text);
		return json_pack("{s:s, s:s}", "algorithm",
				 i->digest_algorithm, "digest", text);
	}
	SHA256(i->bytes.ptr, i->bytes.len, digest);
	hex_encode(slice_of(digest, sizeof(digest)), text);
	return json_pack("{s:s, s:s}", "algorithm", "sha-256", "digest", text);
}

static json_t *statement_items(const struct request *r)
{
	json_t *items = json_array();

	for (unsigned i = 0; i < r->count; i++)
		if (json_array_append_new(items,
					  statement_item(&r->items[i])) != 0) {
			json_decref(items);
			return NULL;
		}
	return items;
}

static json_t *statement_tree(const struct request *r)
{
	const struct caller *c = &r->caller;
	char time[CLOCK_RFC3339_SIZE];
	json_t *items = statement_items(r);

	if (items == NULL)
		return NULL;
	clock_format(clock_unix(), time);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s},"
			 " s:o}", "request", r->id, "time", time, "rule",
			 r->verdict.rule->name, "key", r->key->uri, "format",
			 format_kind_name(r->order.format), "algorithm",
			 r->order.alg->name, "caller", "user", c->user, "exe",
			 c->exe, "origin", c->origin, "items", items);
}

static int statement_text(const struct request *r, struct buf *out,
			  struct error *e)
{
	json_auto_t *tree = statement_tree(r);

	if (tree == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	return content_jcs_put(tree, out, e);
}

static int statement_fill(struct item *i, struct slice text, struct error *e)
{
	int r = spool_put(&i->data, text, e);

	return r != 0 ? r : spool_finish(&i->data, &i->bytes, e);
}

static int statement_make(struct supervision *s, struct error *e)
{
	AUTO(buf_fini) struct buf text;
	int r;

	buf_init(&text, STATEMENT_MAX);
	r = statement_text(s->request, &text, e);
	if (r == 0)
		r = buf_error(&text);
	if (r == 0)
		r = statement_fill(&s->statement, buf_slice(&text), e);
	if (r == 0)
		r = statement_fill(&s->request->statement, buf_slice(&text),
				   e);
	if (r == 0)
		r = item_begin(&s->statement, &s->order, s->key, clock_unix(),
			       e);
	return r;
}

int supervision_begin_signer(struct request *r, struct error *e)
{
	const struct item_order order = { .format = FORMAT_JWS,
					  .alg = r->order.alg };

	return item_begin(&r->statement, &order, r->key, clock_unix(), e);
}

/* --- the end ------------------------------------------------------------ */

void supervision_free(struct supervision *s)
{
	if (s == NULL)
		return;
	key_unref(s->key);
	item_fini(&s->statement);
	free(s);
}

static void supervision_end(struct supervision *s, const struct error *refusal)
{
	struct error told;

	if (refusal != NULL) {
		told = *refusal;
		error_prefix(&told, "supervisor %s: ", s->key->wire.label);
	}
	s->under_way = false;
	approval_finish(&s->approval);
	module_release(s->module);
	s->done(s->request, refusal == NULL ? NULL : &told);
}

bool supervision_cancel(struct supervision *s, const struct error *why)
{
	if (!s->under_way)
		return false;
	if (s->approval.state != APPROVAL_NONE &&
	    approval_cancel(&s->approval, why)) {
		s->under_way = false;
		module_release(s->module);
		return true;
	}
	return false;
}

/* --- signing the statement ---------------------------------------------- */

static struct supervision *supervision_of_job(struct sign_job *job)
{
	return (struct supervision *)((char *)job -
				      offsetof(struct supervision, sign));
}

static int supervision_signature(struct sign_job *job, struct slice signature,
				 struct error *e)
{
	return item_signed(&supervision_of_job(job)->statement, signature, e);
}

static void supervision_signed(struct sign_job *job,
			       const struct error *failure)
{
	struct supervision *s = supervision_of_job(job);
	struct error e;

	if (failure != NULL && failure->code == ERR_PIN_WRONG &&
	    !s->request->cancelled && approval_again(&s->approval, failure))
		return;
	if (failure == NULL &&
	    item_finish(&s->statement, s->key, true, &e) != 0)
		failure = &e;
	supervision_end(s, failure);
}

static void supervision_decided(struct approval *a,
				const struct error *refusal)
{
	struct supervision *s = (struct supervision *)
		((char *)a - offsetof(struct supervision, approval));
	struct sign_job *job = &s->sign;
	struct error e;

	if (refusal != NULL) {
		supervision_end(s, refusal);
		return;
	}
	job->key = s->key;
	job->items = &s->tbs;
	job->count = 1;
	job->login = a->worker == NULL ? WIRE_LOGIN_NONE : a->with;
	job->only = a->worker;
	job->shard = a->worker == NULL ? NULL : a->shard;
	job->expires_ns = clock_mono_ns() + LIMIT_WAIT_MS * CLOCK_NS_PER_MS;
	job->signature = supervision_signature;
	job->done = supervision_signed;
	if (module_sign(s->module, job, &e) != 0)
		supervision_end(s, &e);
}

/* --- asking ------------------------------------------------------------- */

static int supervision_describe(struct approval *a, struct buf *out,
				struct error *e)
{
	const struct supervision *s = (struct supervision *)
		((char *)a - offsetof(struct supervision, approval));
	const struct request *r = s->request;
	const struct ask q = {
		.kind = "supervise",
		.key = s->key,
		.signer = r->key,
		.format = format_kind_name(r->order.format),
		.algorithm = r->order.alg->name,
		.rule = r->verdict.rule->name,
		.pins = "u",
		.repeat = 1,
		.items = r->items,
		.count = r->count,
	};

	return ask_put(&q, a, out, e);
}

static int supervision_check(const struct key *supervisor,
			     const struct key *signer, struct error *e)
{
	const struct format_certificate *a = supervisor->certificate;
	const struct format_certificate *b = signer->certificate;

	if (a == NULL || b == NULL)
		return error_set(e, ERR_NOT_ALLOWED, "a supervised signature"
				 " needs a certificate of both keys; %s has"
				 " none", a == NULL ? supervisor->uri :
				 signer->uri);
	if (memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0 ||
	    key_compare(&supervisor, &signer) == 0)
		return error_set(e, ERR_NOT_ALLOWED, "the supervisor has to be"
				 " another person than the signer: the rule"
				 " names the same key");
	return 0;
}

static int supervision_open(struct supervision *s, struct error *e)
{
	struct request *r = s->request;
	int failed = broker_find_key(r->broker, r->verdict.rule->supervisor,
				     &s->key, e);

	if (failed == 0)
		failed = supervision_check(s->key, r->key, e);
	if (failed != 0)
		return failed;
	s->order.format = FORMAT_JWS;
	s->order.alg = format_alg_default(s->key->wire.type,
					  s->key->wire.curve);
	if (s->order.alg == NULL)
		return error_set(e, ERR_IMPOSSIBLE, "the supervisor's key has"
				 " no algorithm that is known here");
	failed = statement_make(s, e);
	if (failed != 0)
		return failed;
	item_tbs(&s->statement, &s->tbs);
	return 0;
}

static int supervision_ask(struct supervision *s, struct error *e)
{
	struct approval *a = &s->approval;
	int r;

	s->module = s->key->token->module;
	a->broker = s->request->broker;
	a->token = s->key->token;
	a->caller = &s->request->caller;
	a->purpose = APPROVAL_LOGIN;
	a->fresh = true;
	a->pins = 1;
	a->describe = supervision_describe;
	a->decided = supervision_decided;
	module_hold(s->module);
	s->under_way = true;
	r = approval_start(a, e);
	if (r != 0) {
		s->under_way = false;
		module_release(s->module);
	}
	return r;
}

int supervision_start(struct request *r,
		      void (*done)(struct request *r,
				   const struct error *refusal),
		      struct error *e)
{
	struct supervision *s = calloc(1, sizeof(*s));
	int failed;

	if (s == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	s->request = r;
	s->done = done;
	item_init(&s->statement, r->settings->spool);
	r->supervision = s;
	failed = supervision_open(s, e);
	return failed != 0 ? failed : supervision_ask(s, e);
}
