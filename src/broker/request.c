/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one signature from its arrival to its end.
 *
 * Each step either goes on to the next, or waits for a callback that does, or
 * ends the request.  Only request_end() calls ended().
 */
#include "broker/request.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/approval.h"
#include "broker/broker.h"
#include "evidence/record.h"

/* Room for a signature around its content: certificates, attributes. */
#define REQUEST_RESULT_MAX (2 * (size_t)LIMIT_CONTENT)
#define REQUEST_LINE_MAX (16u * 1024)

/* Verified in the loop: below some 50 us. */
#define REQUEST_INLINE_RSA_BITS 4096u

static const char *const state_names[] = {
	[REQUEST_RECEIVED] = "received",   [REQUEST_AUTHORISED] = "authorised",
	[REQUEST_APPROVED] = "approved",   [REQUEST_SIGNING] = "signing",
	[REQUEST_CHECKED] = "checked",	   [REQUEST_RECORDED] = "recorded",
	[REQUEST_RELEASED] = "released",   [REQUEST_REFUSED] = "refused",
	[REQUEST_FAILED] = "failed",	   [REQUEST_CANCELLED] = "cancelled",
};

const char *request_state_name(enum request_state state)
{
	return state_names[state];
}

bool request_state_final(enum request_state state)
{
	return state >= REQUEST_RELEASED;
}

/* --- life --------------------------------------------------------------- */

static int request_make_id(struct request *r, struct error *e)
{
	uint8_t bits[(REQUEST_ID_SIZE - 1) / 2];

	if (RAND_bytes(bits, sizeof(bits)) != 1)
		return error_set(e, ERR_CRYPTO, "no random bytes");
	hex_encode(slice_of(bits, sizeof(bits)), r->id);
	return 0;
}

int request_new(struct broker *b, const struct caller *caller,
		struct request **out, struct error *e)
{
	struct request *r = calloc(1, sizeof(*r));
	int failed;

	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a request");
	failed = request_make_id(r, e);
	if (failed != 0) {
		free(r);
		return failed;
	}
	r->refs = 1;
	r->broker = b;
	r->caller = *caller;
	r->expires_ns = clock_mono_ns() + LIMIT_WAIT_MS * CLOCK_NS_PER_MS;
	spool_init(&r->content, b->settings->spool, LIMIT_CONTENT);
	spool_init(&r->result, b->settings->spool, REQUEST_RESULT_MAX);
	*out = r;
	return 0;
}

struct request *request_ref(struct request *r)
{
	r->refs++;
	return r;
}

void request_unref(struct request *r)
{
	if (r == NULL || --r->refs > 0)
		return;
	format_op_free(r->op);
	key_unref(r->key);
	spool_fini(&r->content);
	spool_fini(&r->result);
	free(r);
}

/* --- the end ------------------------------------------------------------ */

static void request_record(struct request *r, const char *outcome)
{
	const struct record record = {
		.outcome = outcome,
		.uid = r->caller.uid,
		.pid = r->caller.pid,
		.exe = r->caller.exe,
		.key = r->key == NULL ? r->key_uri : r->key->uri,
		.algorithm = r->alg == NULL ? r->algorithm : r->alg->name,
		.format = format_kind_name(r->format),
		.content_name = r->name,
		.content_sha256 = r->op == NULL ? NULL :
			format_op_content_sha256(r->op),
		.signature = slice_of(r->raw, r->raw_len),
		.failure = r->error.code == 0 ? NULL : &r->error,
	};
	struct buf line;

	buf_init(&line, REQUEST_LINE_MAX);
	record_line(&record, &line);
	log_write(LOG_INFO, r->id, "%s", buf_text(&line));
	buf_fini(&line);
}

/* The content is not needed any more; the result stays with the request. */
static void request_end(struct request *r, enum request_state state)
{
	r->state = state;
	format_op_free(r->op);
	r->op = NULL;
	spool_fini(&r->content);
	broker_request_ended(r->broker, r);
	if (r->ended != NULL)
		r->ended(r, r->ended_arg);
	request_unref(r);
}

/* With r->error: refusals and faults are different ends. */
static void request_fail(struct request *r)
{
	bool refused = err_info(r->error.code)->kind == ERR_KIND_REFUSAL;
	enum request_state state = refused ? REQUEST_REFUSED : REQUEST_FAILED;

	if (r->error.code == ERR_CANCELLED)
		state = REQUEST_CANCELLED;
	request_record(r, request_state_name(state));
	request_end(r, state);
}

static void request_cancelled(struct request *r)
{
	if (r->error.code != ERR_EXPIRED && r->error.code != ERR_DEADLINE)
		r->error.code = ERR_CANCELLED;
	request_fail(r);
}

/* --- signing -> checked -> recorded -> released ------------------------- */

static void request_release(struct request *r)
{
	if (r->cancelled) {
		request_cancelled(r);
		return;
	}
	if (spool_finish(&r->result, &r->signature, &r->error) != 0) {
		request_fail(r);
		return;
	}
	r->state = REQUEST_CHECKED;
	/* The record comes before the release, whatever it is made of. */
	request_record(r, request_state_name(REQUEST_RELEASED));
	r->state = REQUEST_RECORDED;
	request_end(r, REQUEST_RELEASED);
}

struct spool_sink {
	struct format_sink sink;
	struct spool *spool;
};

static int spool_sink_put(struct format_sink *sink, struct slice piece,
			  struct error *e)
{
	struct spool_sink *s = (struct spool_sink *)sink;

	return spool_put(s->spool, piece, e);
}

/* Verify, then put into the format.  In a thread, or in the loop. */
static void request_check_run(struct compute_job *job)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, compute));
	struct spool_sink sink = { { spool_sink_put }, &r->result };
	struct slice raw = slice_of(r->raw, r->raw_len);
	int failed = 0;

	if (!r->broker->settings->skip_check)
		failed = format_check(r->key->public, format_op_tbs(r->op),
				      raw, &r->compute_error);
	if (failed == 0)
		failed = format_finish(r->op, raw, &sink.sink,
				       &r->compute_error);
	r->compute_result = failed;
}

static void request_check_done(struct compute_job *job)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, compute));

	if (r->compute_result == 0) {
		request_release(r);
		return;
	}
	r->error = r->compute_error;
	if (r->error.code == ERR_MISMATCH)
		error_prefix(&r->error, "key %s: ", r->key->uri);
	request_fail(r);
}

/*
 * A thread costs two changes and two wake-ups, some 25 us of processor time: an
 * RSA check costs less, and the token needs thirty times that to sign.  The
 * others are worth a thread unless this request is alone.
 */
static bool request_check_inline(const struct request *r)
{
	const struct wire_key *k = &r->key->wire;

	if (spool_large(&r->content))
		return false;
	if (r->broker->settings->skip_check)
		return true;
	if (k->type == WIRE_KEY_RSA)
		return k->bits <= REQUEST_INLINE_RSA_BITS;
	if (r->broker->living_count > 1)
		return false;
	return k->type == WIRE_KEY_ED || strcmp(k->curve, "P-256") == 0;
}

static void request_signed(struct sign_job *job, struct slice signature,
			   const struct error *failure)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, sign));

	if (failure != NULL) {
		r->error = *failure;
		request_fail(r);
		return;
	}
	if (signature.len > sizeof(r->raw) || signature.len == 0) {
		error_set(&r->error, ERR_PROTOCOL, "a signature of %zu bytes",
			  signature.len);
		request_fail(r);
		return;
	}
	memcpy(r->raw, signature.ptr, signature.len);
	r->raw_len = signature.len;
	r->compute.run = request_check_run;
	r->compute.done = request_check_done;
	if (!request_check_inline(r)) {
		compute_submit(r->broker->compute, &r->compute);
		return;
	}
	request_check_run(&r->compute);
	request_check_done(&r->compute);
}

/* --- received -> authorised -> approved --------------------------------- */

static void request_begun(struct sign_job *job)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, sign));

	r->state = REQUEST_SIGNING;
}

static void request_back(struct sign_job *job)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, sign));

	r->state = REQUEST_APPROVED;
}

static void request_queue(struct request *r)
{
	r->sign.key = r->key;
	r->sign.tbs = format_op_tbs(r->op);
	r->sign.expires_ns = r->expires_ns;
	r->sign.begun = request_begun;
	r->sign.back = request_back;
	r->sign.done = request_signed;
	if (module_sign(r->key->token->module, &r->sign, &r->error) != 0)
		request_fail(r);
}

static int request_format_begin(struct request *r, struct error *e)
{
	const struct format_key key = key_format(r->key);
	struct format_input in = {
		.kind = r->format,
		.alg = r->alg,
		.detached = r->detached,
		.ecdsa_der = r->ecdsa_der,
		.signing_time = clock_unix(),
		.digest = slice_of(r->digest, r->digest_len),
	};
	int failed = 0;

	if (r->digest_len == 0)
		failed = spool_finish(&r->content, &in.content, e);
	return failed != 0 ? failed : format_begin(&in, &key, &r->op, e);
}

static void request_begin_run(struct compute_job *job)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, compute));

	r->compute_result = request_format_begin(r, &r->compute_error);
}

static void request_begin_done(struct compute_job *job)
{
	struct request *r = (struct request *)
		((char *)job - offsetof(struct request, compute));

	if (r->cancelled) {
		request_cancelled(r);
	} else if (r->compute_result != 0) {
		r->error = r->compute_error;
		request_fail(r);
	} else {
		request_queue(r);
	}
}

/* The bytes to be signed; a large content is hashed in a thread. */
static void request_begin(struct request *r)
{
	r->compute.run = request_begin_run;
	r->compute.done = request_begin_done;
	if (spool_large(&r->content)) {
		compute_submit(r->broker->compute, &r->compute);
		return;
	}
	request_begin_run(&r->compute);
	request_begin_done(&r->compute);
}

static int request_choose_alg(struct request *r, struct error *e)
{
	const struct wire_key *k = &r->key->wire;
	const struct format_alg *alg;

	if (r->algorithm[0] == '\0')
		alg = format_alg_default(k->type, k->curve);
	else
		alg = format_alg_by_name(r->algorithm);
	if (alg == NULL)
		return error_set(e, ERR_IMPOSSIBLE,
				 "no algorithm %s here; GET /v1/keys tells"
				 " those of each key",
				 r->algorithm[0] == '\0' ? "for this key" :
				 r->algorithm);
	if (r->digest_len > 0 && r->digest_hash != alg->hash)
		return error_set(e, ERR_IMPOSSIBLE,
				 "%s signs a %s digest, another was given",
				 alg->name, alg->hash == WIRE_HASH_NONE ?
				 "whole content, not a" :
				 format_hash_name(alg->hash));
	r->alg = alg;
	return 0;
}

static int request_decide(struct request *r, struct error *e)
{
	int failed;

	if (r->broker->draining)
		return error_set(e, ERR_SHUTTING_DOWN,
				 "signetd is shutting down");
	failed = broker_find_key(r->broker, r->key_uri, &r->key, e);
	if (failed != 0)
		return failed;
	failed = request_choose_alg(r, e);
	if (failed != 0)
		return failed;
	r->state = REQUEST_AUTHORISED;
	failed = approval_decide(r->key->token, e);
	if (failed != 0)
		return failed;
	r->state = REQUEST_APPROVED;
	return 0;
}

void request_start(struct request *r)
{
	request_ref(r);
	broker_request_started(r->broker, r);
	if (request_decide(r, &r->error) != 0)
		request_fail(r);
	else
		request_begin(r);
}

/* --- cancel and time ---------------------------------------------------- */

/* Wanted no more, with r->error saying why: at once where that is possible. */
static void request_stop(struct request *r)
{
	r->cancelled = true;
	if (r->state == REQUEST_APPROVED && r->sign.done != NULL &&
	    module_cancel(r->key->token->module, &r->sign))
		request_cancelled(r);
}

void request_cancel(struct request *r, const char *why)
{
	if (request_state_final(r->state) || r->cancelled)
		return;
	error_set(&r->error, ERR_CANCELLED, "%s", why);
	request_stop(r);
}

void request_tick(struct request *r, int64_t now_ns)
{
	if (r->state != REQUEST_APPROVED || r->cancelled ||
	    now_ns < r->expires_ns)
		return;
	error_set(&r->error, ERR_EXPIRED,
		  "not begun in time: the token was busy with others");
	request_stop(r);
}
