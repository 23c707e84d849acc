/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signing: the way of a request from its approval to its release.
 */
#include "broker/signing.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker/broker.h"
#include "broker/consent.h"
#include "broker/supervision.h"

/* Verified in the loop: below some 50 us. */
#define SIGNING_INLINE_RSA_BITS 4096u

/* --- signing -> checked -> recorded -> released ------------------------- */

/* Verify, then put into the format: what the token signed, in order. */
static void signing_check_run(struct compute_job *job)
{
	struct request *r = request_of_compute(job);
	unsigned i;

	r->compute_result = 0;
	if (r->supervision != NULL) {
		r->compute_result = item_finish(&r->statement, r->key, true,
						&r->compute_error);
		if (r->compute_result != 0) {
			r->signed_count = 0;
			return;
		}
	}
	for (i = 0; i < r->signed_count && r->compute_result == 0; i++)
		r->compute_result = item_finish(&r->items[i], r->key,
						sampling_wants(&r->sampling, i),
						&r->compute_error);
	/* Nothing leaves that nobody looked at. */
	if (r->compute_result != 0)
		r->signed_count = r->sampling.every == 1 ? i - 1 : 0;
}

static void signing_check_done(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	if (r->compute_result == ERR_MISMATCH)
		sampling_failed(r, &r->compute_error);
	else if (r->compute_result == 0)
		sampling_passed(r);
	if (r->compute_result != 0)
		r->error = r->compute_error;
	request_release(r);
}

/*
 * A thread costs two changes and two wake-ups, some 25 us of processor time: an
 * RSA check costs less, and the token needs thirty times that to sign.  The
 * others are worth a thread unless this request is alone.
 */
static bool signing_check_inline(const struct request *r)
{
	const struct wire_key *k = &r->key->wire;

	if (request_large(r))
		return false;
	if (sampling_count(&r->sampling, r->signed_count) == 0)
		return true;
	if (k->type == WIRE_KEY_RSA)
		return k->bits <= SIGNING_INLINE_RSA_BITS;
	if (r->broker->living_count > 1)
		return false;
	return k->type == WIRE_KEY_ED || strcmp(k->curve, "P-256") == 0;
}

static struct request *signing_of_job(struct sign_job *job)
{
	return (struct request *)((char *)job -
				  offsetof(struct request, sign));
}

static int signing_signature(struct sign_job *job, struct slice signature,
			     struct error *e)
{
	struct request *r = signing_of_job(job);
	int failed;

	/* The statement comes first: without it no item was approved. */
	if (r->supervision != NULL && r->statement.raw_len == 0)
		return item_signed(&r->statement, signature, e);
	failed = item_signed(&r->items[r->signed_count], signature, e);
	if (failed == 0)
		r->signed_count++;
	return failed;
}

/*
 * That the key asks for its PIN each time shows only after a login (its private
 * object is not seen before): from now on it is known.
 */
static bool signing_learn_always(struct request *r, struct error *failure)
{
	bool attended = r->sign.only != NULL;

	if (!attended || (r->key->wire.flags & WIRE_KEY_ALWAYS_AUTH) != 0)
		return false;
	r->key->wire.flags |= WIRE_KEY_ALWAYS_AUTH;
	return consent_renew(r, failure) == 0;
}

/* Nothing was signed, and only the person can say what now. */
static bool signing_ask_again(struct request *r, struct error *failure)
{
	if (r->cancelled || r->sign.got > 0)
		return false;
	switch (failure->code) {
	case ERR_PIN_WRONG:
	case ERR_PIN_LENGTH:
		return r->sign.login == WIRE_LOGIN_PIN;
	case ERR_NOT_LOGGED_IN:
		return signing_learn_always(r, failure);
	default:
		return false;
	}
}

static void signing_keep_login(struct request *r)
{
	const struct sign_job *job = &r->sign;

	if ((job->flags & WIRE_SIGN_KEEP) != 0 && r->error.code == 0 &&
	    job->login != WIRE_LOGIN_NONE)
		kept_set(r->key->token, r->approval.shard, &r->caller,
			 r->verdict.rule->pin_cache);
}

/* What no worker began has no time of its own. */
static void signing_measure(const struct request *r)
{
	struct metrics_token *m = &r->key->token->metrics;
	int64_t began = r->sign.call.began_ns;

	if (began == 0)
		return;
	histogram_add(&m->waiting, began - r->since_ns);
	histogram_add(&m->executing, clock_mono_ns() - began);
}

static void signing_signed(struct sign_job *job, const struct error *failure)
{
	struct request *r = signing_of_job(job);

	signing_measure(r);
	if (failure != NULL) {
		r->error = *failure;
		recording_pin_refused(r->broker, r->key->token, &r->caller,
				      failure);
		if (signing_ask_again(r, &r->error)) {
			request_enter(r, REQUEST_AUTHORISED);
			if (approval_again(&r->approval, failure))
				return;
		}
	}
	signing_keep_login(r);
	approval_finish(&r->approval);
	if (r->signed_count == 0) {
		request_fail(r);
		return;
	}
	sampling_begin(r, r->signed_count, &r->sampling);
	request_compute(r, signing_check_run, signing_check_done,
			!signing_check_inline(r));
}

/* --- approved -> signing ------------------------------------------------ */

static void signing_begun(struct sign_job *job)
{
	struct request *r = signing_of_job(job);

	r->worker = worker_pid(job->shard->worker);
	request_enter(r, REQUEST_SIGNING);
}

static void signing_back(struct sign_job *job)
{
	request_enter(signing_of_job(job), REQUEST_APPROVED);
}

/* Logged in for this, logged out after it, unless the policy keeps it. */
static void signing_login(struct request *r)
{
	const struct approval *a = &r->approval;
	const struct policy_rule *rule = r->verdict.rule;
	bool fresh = (r->key->wire.flags & WIRE_KEY_ALWAYS_AUTH) != 0;

	r->sign.login = WIRE_LOGIN_NONE;
	r->sign.flags = 0;
	r->sign.only = NULL;
	r->sign.shard = NULL;
	if (a->state != APPROVAL_GRANTED || a->worker == NULL)
		return;
	r->sign.login = a->with;
	r->sign.only = a->worker;
	r->sign.shard = a->shard;
	if (rule->pin_cache > 0 && !fresh)
		r->sign.flags |= WIRE_SIGN_KEEP;
	if (rule->reuse_pin)
		r->sign.flags |= WIRE_SIGN_REUSE;
}

static void signing_queue(struct request *r)
{
	struct wire_sign_item *next = r->tbs;

	if (r->supervision != NULL)
		item_tbs(&r->statement, next++);
	for (unsigned i = 0; i < r->count; i++)
		item_tbs(&r->items[i], next++);
	r->sign.key = r->key;
	r->sign.items = r->tbs;
	r->sign.count = (unsigned)(next - r->tbs);
	r->sign.expires_ns = r->expires_ns;
	r->sign.begun = signing_begun;
	r->sign.back = signing_back;
	r->sign.signature = signing_signature;
	r->sign.done = signing_signed;
	signing_login(r);
	r->sign.call.began_ns = 0;
	r->since_ns = clock_mono_ns();
	if (module_sign(r->module, &r->sign, &r->error) != 0)
		request_fail(r);
}

static void signing_begin_run(struct compute_job *job)
{
	struct request *r = request_of_compute(job);
	int64_t now = clock_unix();

	r->compute_result = r->supervision == NULL ? 0 :
		supervision_begin_signer(r, &r->compute_error);
	for (unsigned i = 0; i < r->count && r->compute_result == 0; i++)
		r->compute_result = item_begin(&r->items[i], &r->order, r->key,
					       now, &r->compute_error);
}

static void signing_begin_done(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	if (r->cancelled) {
		request_cancelled(r);
	} else if (r->compute_result != 0) {
		r->error = r->compute_error;
		request_fail(r);
	} else {
		signing_queue(r);
	}
}

/* The bytes to be signed. */
void signing_begin(struct request *r)
{
	request_enter(r, REQUEST_APPROVED);
	free(r->tbs);
	r->tbs = calloc((size_t)r->count + 1, sizeof(*r->tbs));
	if (r->tbs == NULL) {
		error_set(&r->error, ERR_NO_MEMORY, "no memory for a request");
		request_fail(r);
		return;
	}
	request_compute(r, signing_begin_run, signing_begin_done,
			request_large(r));
}
