/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one signature, or a batch of them, from arrival to end.
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
#include "broker/announce.h"
#include "broker/authentication.h"
#include "broker/authorise.h"
#include "broker/broker.h"
#include "broker/consent.h"
#include "broker/idempotent.h"
#include "broker/signing.h"
#include "broker/supervision.h"

/* Items that are worked on in the loop; more take milliseconds. */
#define REQUEST_INLINE_ITEMS 8u

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

void request_enter(struct request *r, enum request_state state)
{
	r->state = state;
	announce_request(r);
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

struct item *request_add_item(struct request *r)
{
	struct item *grown;

	if (r->count == LIMIT_BATCH)
		return NULL;
	/* Powers of two: a batch that arrives item by item moves seldom. */
	if ((r->count & (r->count - 1)) == 0) {
		grown = reallocarray(r->items, r->count == 0 ? 1 :
				     (size_t)r->count * 2, sizeof(*grown));
		if (grown == NULL)
			return NULL;
		r->items = grown;
	}
	item_init(&r->items[r->count], r->settings->spool);
	return &r->items[r->count++];
}

int request_new(struct broker *b, const struct caller *caller,
		struct request **out, struct error *e)
{
	struct request *r = calloc(1, sizeof(*r));
	int failed;

	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a request");
	r->refs = 1;
	r->broker = b;
	r->settings = settings_ref(b->settings);
	item_init(&r->statement, r->settings->spool);
	r->caller = *caller;
	r->expires_ns = clock_mono_ns() + LIMIT_WAIT_MS * CLOCK_NS_PER_MS;
	failed = request_make_id(r, e);
	if (failed != 0) {
		request_unref(r);
		return failed;
	}
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
	key_unref(r->key);
	for (unsigned i = 0; i < r->count; i++)
		item_fini(&r->items[i]);
	free(r->items);
	item_fini(&r->statement);
	supervision_free(r->supervision);
	authentication_free(r->authentication);
	free(r->tbs);
	idempotent_free(r->idempotent);
	free(r->kept_items);
	buf_fini(&r->record.event);
	settings_unref(r->settings);
	free(r);
}

/* --- the end ------------------------------------------------------------ */

static enum metrics_outcome request_outcome(const struct request *r)
{
	if (r->error.code == 0 && r->idempotent != NULL && r->idempotent->found)
		return METRICS_REPEATED;
	if (r->error.code == 0)
		return METRICS_RELEASED;
	if (r->error.code == ERR_DECLINED)
		return METRICS_DECLINED;
	if (r->error.code == ERR_CANCELLED)
		return METRICS_CANCELLED;
	return err_info(r->error.code)->kind == ERR_KIND_REFUSAL ?
		METRICS_REFUSED : METRICS_FAILED;
}

static const char *request_outcome_name(const struct request *r)
{
	return metrics_outcome_name(request_outcome(r));
}

/* For those who look at the log; the journal has it all. */
static void request_log(const struct request *r)
{
	log_write(r->error.code == 0 ? LOG_DEBUG : LOG_INFO, r->id,
		  "%s uid=%u pid=%d key=\"%s\" signed=%u/%u%s%s%s%s",
		  request_outcome_name(r), r->caller.uid, (int)r->caller.pid,
		  r->key == NULL ? r->key_uri : r->key->uri, r->signed_count,
		  r->count, r->error.code == 0 ? "" : " ",
		  r->error.code == 0 ? "" : err_info(r->error.code)->code,
		  r->error.code == 0 ? "" : ": ", r->error.message);
}

/* The contents are not needed any more; the results stay. */
static void request_end(struct request *r, enum request_state state)
{
	request_enter(r, state);
	r->broker->metrics.requests[request_outcome(r)]++;
	consent_end(r);
	if (r->module != NULL)
		module_release(r->module);
	r->module = NULL;
	for (unsigned i = 0; i < r->count; i++)
		item_forget(&r->items[i]);
	item_forget(&r->statement);
	broker_request_ended(r->broker, r);
	if (r->ended != NULL)
		r->ended(r, r->ended_arg);
	request_unref(r);
}

/* With r->error: refusals and faults are different ends. */
static enum request_state request_end_state(const struct request *r)
{
	if (r->error.code == 0)
		return REQUEST_RELEASED;
	if (r->error.code == ERR_CANCELLED)
		return REQUEST_CANCELLED;
	return err_info(r->error.code)->kind == ERR_KIND_REFUSAL ?
		REQUEST_REFUSED : REQUEST_FAILED;
}

/* No signature leaves, so nobody waits for the record. */
void request_fail(struct request *r)
{
	r->signed_count = 0;
	recording_build(r, request_outcome_name(r));
	recording_note(r);
	request_log(r);
	request_end(r, request_end_state(r));
}

void request_cancelled(struct request *r)
{
	if (r->error.code != ERR_EXPIRED && r->error.code != ERR_DEADLINE)
		r->error.code = ERR_CANCELLED;
	r->signed_count = 0;
	request_fail(r);
}

/* --- work ---------------------------------------------------------------- */

struct request *request_of_compute(struct compute_job *job)
{
	return (struct request *)((char *)job -
				  offsetof(struct request, compute));
}

/* In a thread when there is a large content, else at once. */
void request_compute(struct request *r,
			    void (*run)(struct compute_job *job),
			    void (*done)(struct compute_job *job),
			    bool thread)
{
	r->compute.run = run;
	r->compute.done = done;
	if (thread) {
		compute_submit(r->broker->compute, &r->compute);
		return;
	}
	run(&r->compute);
	done(&r->compute);
}

/* --- the good end -------------------------------------------------------- */

bool request_large(const struct request *r)
{
	for (unsigned i = 0; i < r->count; i++)
		if (item_large(&r->items[i]))
			return true;
	return r->count > REQUEST_INLINE_ITEMS;
}

/* On the disk, or not: only now may it leave. */
static void request_recorded(struct journal_entry *entry,
			     const struct error *failure)
{
	struct request *r = (struct request *)
		((char *)entry - offsetof(struct request, record));

	buf_fini(&entry->event);
	histogram_add(&r->broker->metrics.recording,
		      clock_mono_ns() - r->since_ns);
	if (failure != NULL) {
		r->error = *failure;
		request_fail(r);
		return;
	}
	r->key->token->metrics.signatures += r->signed_count;
	r->state = REQUEST_RECORDED;
	if (r->idempotent != NULL)
		r->idempotent->kept = true;
	request_log(r);
	request_end(r, request_end_state(r));
}

static void request_record_run(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	recording_build(r, request_outcome_name(r));
}

static void request_record_done(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	r->record.done = request_recorded;
	r->since_ns = clock_mono_ns();
	recording_release(r);
}

/* The answer as it will be, for who asks again with the same key. */
static int request_render(struct request *r)
{
	struct error e;
	int failed;

	if (r->idempotent == NULL || r->render == NULL)
		return 0;
	r->state = request_end_state(r);
	failed = idempotent_render(r, &e);
	r->state = REQUEST_CHECKED;
	if (failed != 0)
		r->error = e;
	return failed;
}

void request_release(struct request *r)
{
	if (r->cancelled) {
		request_cancelled(r);
		return;
	}
	r->state = REQUEST_CHECKED;
	if (r->signed_count == 0 || request_render(r) != 0)
		request_fail(r);
	else
		request_compute(r, request_record_run, request_record_done,
				request_large(r));
}

/* --- received -> authorised --------------------------------------------- */

static void request_read_run(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	r->compute_result = 0;
	for (unsigned i = 0; i < r->count && r->compute_result == 0; i++) {
		r->compute_result = item_read(&r->items[i], &r->compute_error);
		if (r->compute_result != 0 && r->batch)
			error_prefix(&r->compute_error, "item %u: ", i + 1);
	}
}

/* What is asked is known; may it be had? */
static void request_read_done(struct compute_job *job)
{
	struct request *r = request_of_compute(job);
	int failed = r->compute_result;

	if (r->cancelled) {
		request_cancelled(r);
		return;
	}
	if (failed != 0)
		r->error = r->compute_error;
	else
		failed = authorise(r, &r->error);
	if (failed == 0) {
		request_enter(r, REQUEST_AUTHORISED);
		if (r->verdict.outcome == POLICY_ALLOW) {
			signing_begin(r);
			return;
		}
		failed = consent_ask(r, &r->error);
	}
	if (failed != 0)
		request_fail(r);
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
	for (unsigned i = 0; i < r->count; i++)
		if (r->items[i].digest_len > 0 &&
		    r->items[i].digest_hash != alg->hash)
			return error_set(e, ERR_IMPOSSIBLE,
					 "%s signs a %s digest, another was"
					 " given", alg->name,
					 alg->hash == WIRE_HASH_NONE ?
					 "whole content, not a" :
					 format_hash_name(alg->hash));
	r->order.alg = alg;
	return r->authentication == NULL ? 0 : authentication_prepare(r, e);
}

static int request_find(struct request *r, struct error *e)
{
	int failed;

	if (r->broker->draining)
		return error_set(e, ERR_SHUTTING_DOWN,
				 "signetd is shutting down");
	failed = recording_able(r->broker, e);
	if (failed == 0)
		failed = r->authentication != NULL ?
			authentication_find_key(r, e) :
			broker_find_key_for(r->broker, &r->caller,
					    r->key_uri, &r->key, e);
	if (failed != 0)
		return failed;
	r->module = r->key->token->module;
	module_hold(r->module);
	return request_choose_alg(r, e);
}

static void request_begin(struct request *r)
{
	if (request_find(r, &r->error) != 0)
		request_fail(r);
	else
		request_compute(r, request_read_run, request_read_done,
				request_large(r));
}

static void request_known_run(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	r->compute_result = idempotent_find(r, &r->compute_error);
}

/* Answered before: the same again, and nothing is recorded. */
static void request_known_done(struct compute_job *job)
{
	struct request *r = request_of_compute(job);

	if (r->cancelled) {
		request_cancelled(r);
	} else if (r->compute_result != 0) {
		r->error = r->compute_error;
		request_fail(r);
	} else if (r->idempotent->found) {
		request_end(r, REQUEST_RELEASED);
	} else {
		request_begin(r);
	}
}

void request_start(struct request *r)
{
	request_ref(r);
	broker_request_started(r->broker, r);
	if (r->idempotent == NULL)
		request_begin(r);
	else if (idempotent_check_running(r, &r->error) != 0)
		request_fail(r);
	else
		request_compute(r, request_known_run, request_known_done,
				true);
}

/* --- cancel and time ---------------------------------------------------- */

/* Wanted no more, with r->error saying why: at once where that is possible. */
static void request_stop(struct request *r)
{
	r->cancelled = true;
	if (consent_cancel(r))
		request_cancelled(r);
	else if (r->state == REQUEST_APPROVED && r->sign.done != NULL &&
		 module_cancel(r->module, &r->sign))
		request_cancelled(r);
}

void request_cancel(struct request *r, const char *why)
{
	/* From the check on it is too late: its record may be written. */
	if (r->state >= REQUEST_CHECKED || r->cancelled)
		return;
	error_set(&r->error, ERR_CANCELLED, "%s", why);
	request_stop(r);
}

void request_tick(struct request *r, int64_t now_ns)
{
	bool asking = r->state == REQUEST_AUTHORISED;

	if (r->cancelled)
		return;
	if (asking && r->ask_until_ns != 0 && now_ns >= r->ask_until_ns)
		error_set(&r->error, ERR_EXPIRED,
			  "it expired before anybody approved it");
	else if (r->state == REQUEST_APPROVED && now_ns >= r->expires_ns)
		error_set(&r->error, ERR_EXPIRED, "not begun in time: the"
			  " token was busy with others");
	else
		return;
	request_stop(r);
}
