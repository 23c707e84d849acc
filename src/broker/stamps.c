/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamps: time stamps of the checkpoints.
 */
#include "broker/stamps.h"

#include <stdio.h>

#include "base/log.h"
#include "broker/broker.h"
#include "broker/child.h"
#include "wire/fault.h"
#include "wire/stamp.h"

/* Between two attempts, at most: the authority is not ours. */
#define STAMPS_RETRY_MS 300000u
/* Beside the time that the authority has: signet-stamp starts and ends. */
#define STAMPS_EXTRA_MS 5000u

static void stamps_over(struct stamps *s)
{
	buf_fini(&s->what);
	buf_fini(&s->entry.signature);
	s->busy = false;
}

static void stamps_failed(struct stamps *s, const struct error *why)
{
	retry_failed(&s->retry, "evidence: time stamps wait", STAMPS_RETRY_MS,
		     why);
	stamps_over(s);
}

/* --- into the journal --------------------------------------------------- */

static void stamps_look(struct stamps *s);

static void stamps_written(struct journal_entry *entry,
			   const struct error *failure)
{
	struct stamps *s = (struct stamps *)
		((char *)entry - offsetof(struct stamps, entry));

	if (failure != NULL) {
		stamps_failed(s, failure);
		return;
	}
	retry_good(&s->retry, "evidence: time stamps are had again");
	s->made++;
	s->from = entry->sequence + 1;
	s->waiting = 0;
	stamps_over(s);
	if (s->broker->recording.journal != NULL)
		stamps_look(s);
}

/* --- signet-stamp ------------------------------------------------------- */

static void stamps_end_worker(struct stamps *s)
{
	struct error done;

	error_clear(&done);
	worker_retire(s->worker, &done);
}

static void stamps_ended(void *arg, struct worker *w, const struct error *why)
{
	struct stamps *s = arg;

	s->worker = NULL;
}

static struct stamps *stamps_of_call(struct worker_call *call)
{
	return (struct stamps *)((char *)call - offsetof(struct stamps, call));
}

static void stamps_lost(struct worker_call *call, const struct error *why,
			bool begun)
{
	if (why->code == ERR_SHUTTING_DOWN)
		stamps_over(stamps_of_call(call));
	else
		stamps_failed(stamps_of_call(call), why);
}

static int stamps_take(struct stamps *s, const struct wire_frame *f,
		       struct error *e)
{
	struct wire_stamp_rep rep;
	int r;

	if (f->kind == WIRE_FAIL) {
		struct error why;

		r = wire_fault_get(f->body, &why, e);
		if (r == 0)
			*e = why;
		return e->code;
	}
	r = wire_stamp_rep_get(f->body, &rep, e);
	if (r == 0)
		buf_put_slice(&s->entry.signature, rep.stamp);
	return r != 0 ? r : buf_error(&s->entry.signature);
}

/* What cannot be read is no reason to end it another way: it ends anyway. */
static int stamps_answer(struct worker_call *call, const struct wire_frame *f,
			 struct error *e)
{
	struct stamps *s = stamps_of_call(call);
	int r = stamps_take(s, f, e);

	stamps_end_worker(s);
	if (r != 0)
		stamps_failed(s, e);
	else
		recording_add(s->broker, &s->entry);
	return 0;
}

static int stamps_start_worker(struct stamps *s, struct error *e)
{
	/* libcurl's proxies and, of tests, the sanitizers' options. */
	static const char *const kept[] = { "http_proxy", "https_proxy",
					    "no_proxy", "ASAN_OPTIONS",
					    "UBSAN_OPTIONS", NULL };
	char **env = child_environment(kept);
	const struct worker_setup setup = {
		.program = s->broker->recording.settings->stamp_program,
		.module = "signet-stamp",
		.environment = env,
	};
	const struct worker_owner owner = { stamps_ended, s };
	int r;

	if (env == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	if (setup.program == NULL)
		r = error_set(e, ERR_TIME_STAMP, "signet-stamp is neither"
			      " beside signetd nor in ../lib/signet");
	else
		r = worker_start(s->broker->base, &setup, &owner, &s->worker,
				 e);
	child_environment_free(env);
	return r;
}

static void stamps_ask(struct stamps *s)
{
	const struct settings_tsa *tsa =
		&s->broker->recording.settings->evidence.tsa;
	struct wire_stamp_req m = {
		.version = WIRE_VERSION,
		.timeout_ms = tsa->timeout * 1000,
		.what = buf_slice(&s->what),
	};
	struct error e;

	if (stamps_start_worker(s, &e) != 0) {
		stamps_failed(s, &e);
		return;
	}
	snprintf(m.url, sizeof(m.url), "%s", tsa->url);
	snprintf(m.ca, sizeof(m.ca), "%s", tsa->ca);
	snprintf(m.policy, sizeof(m.policy), "%s",
		 tsa->policy == NULL ? "" : tsa->policy);
	s->call = (struct worker_call){
		.type = WIRE_STAMP,
		.deadline_ms = m.timeout_ms + STAMPS_EXTRA_MS,
		.answer = stamps_answer,
		.lost = stamps_lost,
	};
	wire_stamp_req_put(worker_begin(s->worker, &s->call), &m);
	worker_send(s->worker, &s->call);
}

/* --- which one ---------------------------------------------------------- */

static struct stamps *stamps_of_look(struct compute_job *job)
{
	return (struct stamps *)((char *)job - offsetof(struct stamps, look));
}

/* In a thread: the disk may be slow. */
static void stamps_look_run(struct compute_job *job)
{
	struct stamps *s = stamps_of_look(job);
	struct error *e = &s->look_failure;

	error_clear(e);
	if (journal_unstamped(s->broker->recording.journal, s->from,
			      &s->entry.sequence, &s->what, e) != 0 &&
	    e->code == 0)
		error_set(e, ERR_TOO_LARGE, "the signature of a checkpoint");
}

static void stamps_none(struct stamps *s)
{
	s->pending = false;
	stamps_over(s);
}

static void stamps_look_done(struct compute_job *job)
{
	struct stamps *s = stamps_of_look(job);

	s->waiting = s->entry.sequence;
	if (s->look_failure.code != 0)
		stamps_failed(s, &s->look_failure);
	else if (s->waiting != 0)
		stamps_ask(s);
	else
		stamps_none(s);
}

static void stamps_look(struct stamps *s)
{
	s->busy = true;
	s->entry = (struct journal_entry){ .done = stamps_written };
	buf_init(&s->entry.statement, 0);
	buf_init(&s->entry.signature, LIMIT_STAMP);
	buf_init(&s->what, LIMIT_SIGNATURE);
	s->look.run = stamps_look_run;
	s->look.done = stamps_look_done;
	compute_submit(s->broker->compute, &s->look);
}

void stamps_tick(struct broker *b, int64_t now_ns)
{
	struct stamps *s = &b->recording.stamps;
	struct journal_stats stats;

	if (b->recording.journal == NULL || s->busy ||
	    b->recording.settings->evidence.tsa.url == NULL ||
	    !retry_ready(&s->retry, now_ns))
		return;
	journal_stats(b->recording.journal, &stats);
	if (stats.checkpoints != s->looked)
		s->pending = true;
	s->looked = stats.checkpoints;
	s->broker = b;
	if (s->pending)
		stamps_look(s);
}

void stamps_stop(struct broker *b)
{
	struct stamps *s = &b->recording.stamps;
	struct error why;

	error_set(&why, ERR_SHUTTING_DOWN, "signetd ends");
	if (s->worker != NULL)
		worker_end(s->worker, &why);
	stamps_over(s);
}
