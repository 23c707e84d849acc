/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module: a PKCS#11 module as a pool of workers.
 *
 * Workers start one after the other, so that a wrong PIN in a pin-source file
 * meets the token once and not once a worker.
 */
#include "broker/module.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/shard.h"
#include "wire/fault.h"
#include "wire/sign.h"

/* --- life --------------------------------------------------------------- */

static char *variable_text(const char *name, const char *value)
{
	char *text;

	return asprintf(&text, "%s=%s", name, value) < 0 ? NULL : text;
}

/* Nothing of signetd's own environment but what a C library needs. */
static int module_environment(struct module *m, struct error *e)
{
	static const char *const kept[] = { "PATH", "HOME", "LANG", "LC_ALL",
					    "TZ", "PCSCLITE_CSOCK_NAME",
					    "ASAN_OPTIONS", "UBSAN_OPTIONS" };
	const struct settings_module *c = m->config;
	char **env = calloc(ARRAY_LEN(kept) + c->environment_count + 1,
			    sizeof(char *));
	unsigned n = 0;

	m->environment = env;
	if (env == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a module");
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (getenv(kept[i]) != NULL &&
		    (env[n++] = variable_text(kept[i], getenv(kept[i]))) ==
		    NULL)
			return error_set(e, ERR_NO_MEMORY, "no memory");
	for (unsigned i = 0; i < c->environment_count; i++)
		if ((env[n++] = variable_text(c->environment[i].name,
					      c->environment[i].value)) ==
		    NULL)
			return error_set(e, ERR_NO_MEMORY, "no memory");
	return 0;
}

static int module_shards(struct module *m, struct error *e)
{
	unsigned count = m->config->per_reader ? LIMIT_READERS :
		m->config->shards;
	int r = 0;

	m->shards = calloc(count, sizeof(struct shard));
	if (m->shards == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a module");
	while (r == 0 && m->shards_count < count) {
		r = shard_init(&m->shards[m->shards_count], m,
			       m->shards_count, e);
		m->shards_count++;
	}
	/* Readers have no first start to wait for: cards.c does. */
	m->settled = m->config->per_reader;
	return r;
}

int module_new(struct event_base *base, struct settings *settings,
	       unsigned number, const struct module_owner *owner,
	       struct module **out, struct error *e)
{
	struct module *m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a module");
	m->base = base;
	m->owner = *owner;
	m->settings = settings_ref(settings);
	m->config = &settings->modules[number];
	error_clear(&m->last_error);
	TAILQ_INIT(&m->tokens);
	TAILQ_INIT(&m->queue);
	r = module_environment(m, e);
	if (r == 0)
		r = module_shards(m, e);
	if (r != 0) {
		module_free(m);
		return r;
	}
	if (!m->config->per_reader)
		shard_start(&m->shards[0]);
	*out = m;
	return 0;
}

static void module_fail_queue(struct module *m, const struct error *why);

void module_free(struct module *m)
{
	struct token *t;
	struct error why;

	if (m == NULL)
		return;
	error_set(&why, ERR_SHUTTING_DOWN, "module %s is being stopped",
		  m->config->name);
	for (unsigned i = 0; i < m->shards_count; i++)
		shard_fini(&m->shards[i]);
	module_fail_queue(m, &why);
	while ((t = TAILQ_FIRST(&m->tokens)) != NULL) {
		TAILQ_REMOVE(&m->tokens, t, entry);
		token_free(t);
	}
	for (size_t i = 0; i < m->others_count; i++)
		free(m->others[i]);
	for (char **v = m->environment; v != NULL && *v != NULL; v++)
		free(*v);
	free(m->environment);
	free(m->shards);
	settings_unref(m->settings);
	free(m);
}

static void module_maybe_retired(struct module *m)
{
	if (m->retiring && m->jobs == 0)
		m->owner.retired(m->owner.arg, m);
}

void module_retire(struct module *m)
{
	m->retiring = true;
	module_maybe_retired(m);
}

void module_hold(struct module *m)
{
	m->jobs++;
}

void module_release(struct module *m)
{
	m->jobs--;
	module_maybe_retired(m);
}

/* Workers that there should be. */
static unsigned module_wanted(const struct module *m)
{
	unsigned wanted = 0;

	for (unsigned i = 0; i < m->shards_count; i++)
		wanted += m->shards[i].state != SHARD_EMPTY;
	return wanted;
}

unsigned module_ready(const struct module *m)
{
	unsigned ready = 0;

	for (unsigned i = 0; i < m->shards_count; i++)
		ready += m->shards[i].state == SHARD_READY;
	return ready;
}

unsigned module_restarts(const struct module *m)
{
	unsigned restarts = 0;

	for (unsigned i = 0; i < m->shards_count; i++)
		restarts += m->shards[i].restarts;
	return restarts;
}

/* --- what its shards tell ----------------------------------------------- */

static void module_settled(struct module *m)
{
	if (m->settled)
		return;
	m->settled = true;
	m->owner.settled(m->owner.arg);
}

/* The next one that was never started. */
static struct shard *module_next_shard(struct module *m)
{
	for (unsigned i = 0; i < m->shards_count; i++)
		if (m->shards[i].state == SHARD_WAITING &&
		    m->shards[i].restarts == 0)
			return &m->shards[i];
	return NULL;
}

/* One more had its first start: on to the next, or all had. */
static void module_start_next(struct module *m)
{
	struct shard *next = m->config->per_reader ? NULL :
		module_next_shard(m);

	if (next != NULL)
		shard_start(next);
	else
		module_settled(m);
}

void module_shard_ready(struct module *m, struct shard *s)
{
	if (m->config->per_reader && module_doubts(m, s))
		return;
	s->failures = 0;
	if (m->config->per_reader)
		module_recalled(m, s);
	error_clear(&m->last_error);
	m->down = false;
	log_write(LOG_INFO, NULL,
		  "module %s: worker %d is ready (%u of %u)%s%s",
		  m->config->name, (int)worker_pid(s->worker), module_ready(m),
		  module_wanted(m), s->reader[0] == '\0' ? "" : " for ",
		  s->reader);
	m->owner.changed(m->owner.arg);
	if (m->config->per_reader)
		m->owner.reader_ready(m->owner.arg, m, s->reader,
				      s->listed);
	else
		module_start_next(m);
	module_dispatch(m);
}

void module_shard_failed(struct module *m, struct shard *s,
			 const struct error *why)
{
	bool came_up = s->ready_since != 0;

	m->last_error = *why;
	m->owner.changed(m->owner.arg);
	s->ready_since = 0;
	module_fail_pinned(m, s, why);
	if (m->config->per_reader) {
		m->owner.reader_failed(m->owner.arg, m, s->reader, s->failures,
				       why);
	} else if (module_ready(m) == 0 && !came_up) {
		/* Nobody is left, and the one that should be did not come. */
		m->down = true;
		module_settled(m);
		module_fail_queue(m, why);
	} else if (!came_up) {
		module_start_next(m);
	}
	module_dispatch(m);
}

/* --- the queue ---------------------------------------------------------- */

static struct sign_job *job_of(struct worker_call *call)
{
	return (struct sign_job *)((char *)call -
				   offsetof(struct sign_job, call));
}

static void module_job_done(struct module *m, struct sign_job *job,
			    const struct error *e)
{
	job->key->token->queued--;
	job->key->token->used_ns = clock_mono_ns();
	job->done(job, e);
	module_release(m);
}

static void module_fail_queue(struct module *m, const struct error *why)
{
	struct sign_job *job;

	/* A retiring module must not go away under the loop. */
	module_hold(m);
	while ((job = TAILQ_FIRST(&m->queue)) != NULL) {
		TAILQ_REMOVE(&m->queue, job, entry);
		module_job_done(m, job, why);
	}
	module_release(m);
}

/*
 * After these a worker is not what it was: a session, a login or the token
 * itself is gone, or the module is in a state that nobody knows.  Recovery is
 * a new worker, by the ordinary way; the growing pause keeps it rare.
 */
static bool worker_spoilt(const struct token *t, const struct error *why)
{
	return why->code == ERR_MODULE || why->code == ERR_TOKEN_GONE ||
	       (why->code == ERR_NOT_LOGGED_IN && t->state == TOKEN_LOGGED_IN);
}

/* An answer that cannot be read: worker.c ends the worker that sent it. */
static int sign_broke(struct sign_job *job, const struct error *e)
{
	struct module *m = job->key->token->module;
	struct error told = *e;

	error_prefix(&told, "module %s: ", m->config->name);
	module_job_done(m, job, &told);
	return told.code;
}

/* The worker's own word on why it did not sign. */
static int sign_failed(struct sign_job *job, struct slice body,
		       struct error *e)
{
	struct token *t = job->key->token;
	struct module *m = t->module;
	struct worker *w = job->shard->worker;
	struct error why;

	if (wire_fault_get(body, &why, e) != 0)
		return sign_broke(job, e);
	if (job->count > 1)
		error_prefix(&why, "%u of %u signed: ", job->got, job->count);
	if (job->login != WIRE_LOGIN_NONE)
		module_let_go(m, w, &why);
	module_job_done(m, job, &why);
	if (worker_spoilt(t, &why))
		worker_retire(w, &why);
	return 0;
}

/* One signature; the last one, and only that, is a WIRE_REP. */
static int sign_one(struct sign_job *job, const struct wire_frame *f,
		    struct error *e)
{
	bool last = job->got + 1 == job->count;
	struct wire_sign_rep rep;
	int r;

	if (last != (f->kind == WIRE_REP))
		return error_set(e, ERR_PROTOCOL, "signature %u of %u is not"
				 " where it has to be", job->got + 1,
				 job->count);
	r = wire_sign_rep_get(f->body, &rep, e);
	if (r == 0)
		r = job->signature(job, rep.signature, e);
	if (r == 0)
		job->got++;
	return r;
}

static int sign_answer(struct worker_call *call, const struct wire_frame *f,
		       struct error *e)
{
	struct sign_job *job = job_of(call);
	struct module *m = job->key->token->module;
	int r;

	if (f->kind == WIRE_FAIL) {
		r = sign_failed(job, f->body, e);
	} else {
		r = sign_one(job, f, e);
		/* With MORE the call is still the worker's, and lost there. */
		if (f->kind == WIRE_MORE)
			return r;
		if (r != 0)
			return sign_broke(job, e);
		module_job_done(m, job, NULL);
	}
	if (r == 0)
		module_dispatch(m);
	return r;
}

/*
 * The worker is gone.  The call it had in hand fails: whether it signed is not
 * known, and it may be what killed it.  Those behind it were not begun and go
 * back to the head of the queue, in their order.
 */
static void sign_lost(struct worker_call *call, const struct error *why,
		      bool begun)
{
	struct sign_job *job = job_of(call), *at;
	struct module *m = job->key->token->module;
	struct error told = *why;

	job->given = false;
	if (begun || job->cancelled || job->only != NULL ||
	    why->code == ERR_SHUTTING_DOWN) {
		if (job->count > 1)
			error_prefix(&told, "%u of %u signed: ", job->got,
				     job->count);
		module_job_done(m, job, &told);
		return;
	}
	TAILQ_FOREACH(at, &m->queue, entry)
		if (at->expires_ns > job->expires_ns)
			break;
	if (at != NULL)
		TAILQ_INSERT_BEFORE(at, job, entry);
	else
		TAILQ_INSERT_TAIL(&m->queue, job, entry);
	if (job->back != NULL)
		job->back(job);
}

struct shard *module_shard_for(struct module *m, const struct token *t)
{
	struct shard *best = NULL;

	for (unsigned i = 0; i < m->shards_count; i++) {
		struct shard *s = &m->shards[i];

		if (s->state == SHARD_READY && s->can[t->number] &&
		    worker_load(s->worker) < LIMIT_PIPELINE &&
		    (best == NULL ||
		     worker_load(s->worker) < worker_load(best->worker)))
			best = s;
	}
	return best;
}

/* The worker that has the PIN, or any. */
static struct shard *module_pick(struct module *m, const struct sign_job *job)
{
	if (job->only == NULL)
		return module_shard_for(m, job->key->token);
	return worker_load(job->only) < LIMIT_PIPELINE ? job->shard : NULL;
}

static void module_give(struct module *m, struct shard *s,
			struct sign_job *job)
{
	struct wire_sign_req req = {
		.token = s->theirs[job->key->token->number],
		.deadline_ns = job->expires_ns,
		.login = job->login,
		.flags = job->flags,
		.count = job->count,
		.items = job->items,
	};

	memcpy(req.identity, job->key->wire.identity, sizeof(req.identity));
	job->shard = s;
	job->restarts = s->restarts;
	job->given = true;
	job->call.type = WIRE_SIGN;
	job->call.deadline_ms = m->config->deadline_ms;
	if (job->login == WIRE_LOGIN_PAD)
		job->call.deadline_ms += m->settings->prompt.timeout * 1000;
	job->call.answer = sign_answer;
	job->call.lost = sign_lost;
	if (job->begun != NULL)
		job->begun(job);
	wire_sign_req_put(worker_begin(s->worker, &job->call), &req);
	worker_send(s->worker, &job->call);
}

void module_dispatch(struct module *m)
{
	struct sign_job *job, *next;
	struct shard *s;
	unsigned full = 0;

	for (job = TAILQ_FIRST(&m->queue); job != NULL; job = next) {
		next = TAILQ_NEXT(job, entry);
		s = module_pick(m, job);
		if (s != NULL) {
			TAILQ_REMOVE(&m->queue, job, entry);
			module_give(m, s, job);
		} else if (++full == m->tokens_count) {
			return;
		}
	}
}

/* Nobody serves its token, and nobody will soon. */
void module_fail_absent(struct module *m, const struct error *why)
{
	struct sign_job *job, *next;

	module_hold(m);
	for (job = TAILQ_FIRST(&m->queue); job != NULL; job = next) {
		next = TAILQ_NEXT(job, entry);
		if (job->key->token->state != TOKEN_ABSENT)
			continue;
		TAILQ_REMOVE(&m->queue, job, entry);
		module_job_done(m, job, why);
	}
	module_release(m);
}

/* A job whose worker has gone has no PIN any more. */
void module_fail_pinned(struct module *m, const struct shard *s,
			const struct error *why)
{
	struct sign_job *job, *next;

	module_hold(m);
	for (job = TAILQ_FIRST(&m->queue); job != NULL; job = next) {
		next = TAILQ_NEXT(job, entry);
		if (job->only == NULL || job->shard != s)
			continue;
		TAILQ_REMOVE(&m->queue, job, entry);
		module_job_done(m, job, why);
	}
	module_release(m);
}

int module_unable(struct module *m, const struct token *t, struct error *e)
{
	if (t->state == TOKEN_FAILED) {
		*e = t->error;
		return e->code;
	}
	if (m->down) {
		*e = m->last_error;
		return e->code;
	}
	if (m->config->per_reader)
		return module_reader_unable(m, t, e);
	if (module_ready(m) == module_wanted(m))
		return error_set(e, ERR_TOKEN_GONE,
				 "token %s is not there now; insert it",
				 t->wire.label);
	return 0;
}

void module_look_anew(struct module *m, struct token *t, const char *what)
{
	struct error why;

	error_set(&why, ERR_TOKEN_GONE, "%s", what);
	token_has_changed(t);
	for (unsigned i = 0; i < m->shards_count; i++)
		shard_renew(&m->shards[i], &why);
}

/* May this job be queued at all?  One that was approved has its worker. */
static int module_admit(struct module *m, const struct sign_job *job,
			struct error *e)
{
	struct token *t = job->key->token;
	struct wire_sign_req req = { .count = job->count,
				     .items = job->items };
	int r = 0;

	if (wire_sign_req_size(&req) + WIRE_FRAME_HEAD > LIMIT_FRAME)
		return error_set(e, ERR_TOO_LARGE, "the batch is larger than"
				 " a token takes at once; send fewer items");
	if (job->only != NULL)
		return job->shard->worker == job->only ? 0 :
			error_set(e, ERR_WORKER_LOST, "module %s: the worker"
				  " that had the PIN ended; nothing was signed",
				  m->config->name);
	if (m->retiring)
		return error_set(e, ERR_SHUTTING_DOWN,
				 "module %s is being replaced; try again",
				 m->config->name);
	if (t->state == TOKEN_FAILED || t->state == TOKEN_ABSENT)
		r = module_unable(m, t, e);
	if (r == 0 && t->queued >= LIMIT_QUEUE)
		r = error_set(e, ERR_QUOTA,
			      "%u requests wait for token %s; try again later",
			      t->queued, t->wire.label);
	return r;
}

int module_sign(struct module *m, struct sign_job *job, struct error *e)
{
	int r = module_admit(m, job, e);

	if (r != 0)
		return r;
	job->given = false;
	job->cancelled = false;
	job->got = 0;
	TAILQ_INSERT_TAIL(&m->queue, job, entry);
	job->key->token->queued++;
	m->jobs++;
	module_dispatch(m);
	return 0;
}

bool module_cancel(struct module *m, struct sign_job *job)
{
	if (job->given) {
		job->cancelled = true;
		return false;
	}
	TAILQ_REMOVE(&m->queue, job, entry);
	job->key->token->queued--;
	module_release(m);
	return true;
}
