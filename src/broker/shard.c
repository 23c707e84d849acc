/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shard: one place for a worker in the pool of a module.
 *
 * The start is a sequence of calls: hello; tokens; then for each token login
 * (unattended ones) and keys.  A fault of one token leaves that token failed
 * and the others served; a fault of the worker starts all over after a pause.
 */
#include "broker/shard.h"

#include <event2/event.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/module_path.h"
#include "wire/fault.h"
#include "wire/login.h"
#include "wire/tokens.h"

/* A worker that served this long starts with a short pause again. */
#define SHARD_STABLE_NS (30 * CLOCK_NS_PER_S)
/* How often one that misses a token looks for it. */
#define SHARD_LOOK_NS (2 * CLOCK_NS_PER_S)

static void shard_next_token(struct shard *s);

static void shard_timer(evutil_socket_t fd, short what, void *arg)
{
	shard_start(arg);
}

int shard_init(struct shard *s, struct module *m, unsigned number,
	       struct error *e)
{
	s->module = m;
	s->number = number;
	s->state = m->config->per_reader ? SHARD_EMPTY : SHARD_WAITING;
	s->pause_ms = LIMIT_BACKOFF_FIRST_MS;
	s->timer = evtimer_new(m->base, shard_timer, s);
	if (s->timer == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a timer");
	return 0;
}

static void shard_drop_conf(struct shard *s);

static void shard_drop_list(struct shard *s)
{
	for (size_t i = 0; i < s->keys_count; i++)
		key_unref(s->keys[i]);
	free(s->keys);
	s->keys = NULL;
	s->keys_count = 0;
}

void shard_fini(struct shard *s)
{
	struct error why;

	error_set(&why, ERR_SHUTTING_DOWN, "module %s is being stopped",
		  s->module->config->name);
	if (s->worker != NULL)
		worker_end(s->worker, &why);
	if (s->timer != NULL)
		event_free(s->timer);
	shard_drop_list(s);
	shard_drop_conf(s);
}

static void shard_drop_conf(struct shard *s)
{
	if (s->conf != NULL)
		unlink(s->conf);
	free(s->conf);
	s->conf = NULL;
}

static void shard_pause(struct shard *s)
{
	const struct timeval tv = { s->pause_ms / 1000,
				    s->pause_ms % 1000 * 1000 };

	evtimer_add(s->timer, &tv);
	s->pause_ms *= 2;
	if (s->pause_ms > LIMIT_BACKOFF_LAST_MS)
		s->pause_ms = LIMIT_BACKOFF_LAST_MS;
}

/* Its tokens are there as long as another shard serves them. */
static void shard_forget_tokens(struct shard *s)
{
	struct token *t;

	memset(s->can, 0, sizeof(s->can));
	TAILQ_FOREACH(t, &s->module->tokens, entry) {
		bool served = false;

		for (unsigned i = 0; i < s->module->shards_count; i++)
			served = served || s->module->shards[i].can[t->number];
		if (!served && t->state != TOKEN_FAILED)
			t->state = TOKEN_ABSENT;
	}
}

/* worker_owner.ended: whatever the reason, the worker is gone. */
static void shard_worker_ended(void *arg, struct worker *w,
			       const struct error *why)
{
	struct shard *s = arg;

	if (s->state == SHARD_READY &&
	    clock_mono_ns() - s->ready_since > SHARD_STABLE_NS)
		s->pause_ms = LIMIT_BACKOFF_FIRST_MS;
	s->worker = NULL;
	s->restarts++;
	s->failures++;
	shard_drop_list(s);
	shard_drop_conf(s);
	shard_forget_tokens(s);
	if (s->state == SHARD_EMPTY)
		return;
	if (s->state == SHARD_READY)
		s->waiting_since = clock_mono_ns();
	s->state = SHARD_WAITING;
	if (why->code == ERR_SHUTTING_DOWN)
		return;
	shard_pause(s);
	module_shard_failed(s->module, s, why);
}

void shard_stop(struct shard *s, const struct error *why)
{
	struct token *t;

	/* One that failed has gone with its card, too. */
	TAILQ_FOREACH(t, &s->module->tokens, entry)
		if (t->state == TOKEN_FAILED &&
		    strcmp(t->reader, s->reader) == 0)
			t->state = TOKEN_ABSENT;
	s->state = SHARD_EMPTY;
	s->reader[0] = '\0';
	s->failures = 0;
	s->pause_ms = LIMIT_BACKOFF_FIRST_MS;
	evtimer_del(s->timer);
	if (s->worker != NULL)
		worker_retire(s->worker, why);
	shard_forget_tokens(s);
}

void shard_renew(struct shard *s, const struct error *why)
{
	if (s->worker == NULL)
		return;
	s->pause_ms = LIMIT_BACKOFF_FIRST_MS;
	/* Else it would be one that did not come up. */
	if (s->ready_since == 0)
		s->ready_since = clock_mono_ns();
	worker_retire(s->worker, why);
}

/* --- the calls of the start --------------------------------------------- */

static void shard_lost(struct worker_call *call, const struct error *why,
		       bool begun)
{
	/* shard_worker_ended() follows and does what is to be done. */
}

/* A message of the start: its deadline is generous, see limits.h. */
static struct buf *shard_call(struct shard *s, enum wire_type type,
			      int (*answer)(struct worker_call *,
					    const struct wire_frame *,
					    struct error *))
{
	unsigned ms = s->module->config->deadline_ms;

	s->call.type = type;
	s->call.deadline_ms = ms > LIMIT_START_MS ? ms : LIMIT_START_MS;
	s->call.answer = answer;
	s->call.lost = shard_lost;
	return worker_begin(s->worker, &s->call);
}

static struct shard *shard_of(struct worker_call *call)
{
	return (struct shard *)((char *)call - offsetof(struct shard, call));
}

/* The worker's own error: of one token, if it can live with it. */
static void shard_token_failed(struct shard *s, const struct error *why)
{
	log_write(LOG_WARNING, NULL, "token %s: %s: %s", s->token->uri,
		  err_info(why->code)->code, why->message);
	s->token->state = TOKEN_FAILED;
	s->token->error = *why;
	shard_drop_list(s);
	shard_next_token(s);
}

/* Keys that are as they were keep their object, and with it their chain. */
static int shard_take_key(struct shard *s, const struct wire_key *w,
			  struct error *e)
{
	struct key *k = token_find_key(s->token, w->identity), **grown;
	int r;

	if (s->keys_count == LIMIT_KEYS)
		return error_set(e, ERR_TOO_LARGE,
				 "token %s has more than %u keys",
				 s->token->wire.label, LIMIT_KEYS);
	grown = reallocarray(s->keys, s->keys_count + 1, sizeof(*grown));
	if (grown == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for keys");
	s->keys = grown;
	if (k != NULL && key_equal(k, w))
		key_ref(k);
	else if ((r = key_new(s->token, w, &k, e)) != 0)
		return r;
	s->keys[s->keys_count++] = k;
	return 0;
}

static void shard_keys_done(struct shard *s)
{
	struct token *t = s->token;
	bool logged_in = t->settings != NULL && t->settings->pin_source != NULL;

	token_set_keys(t, s->keys, s->keys_count);
	s->keys = NULL;
	s->keys_count = 0;
	t->state = logged_in ? TOKEN_LOGGED_IN : TOKEN_READY;
	t->changed = false;
	error_clear(&t->error);
	s->can[t->number] = true;
	shard_next_token(s);
}

static int shard_keys_answer(struct worker_call *call,
			     const struct wire_frame *f, struct error *e)
{
	struct shard *s = shard_of(call);
	struct wire_key w;
	struct error why;
	int r;

	if (f->kind == WIRE_MORE) {
		r = wire_key_get(f->body, &w, e);
		return r != 0 ? r : shard_take_key(s, &w, e);
	}
	if (f->kind == WIRE_REP) {
		shard_keys_done(s);
		return 0;
	}
	r = wire_fault_get(f->body, &why, e);
	if (r == 0)
		shard_token_failed(s, &why);
	return r;
}

static void shard_ask_keys(struct shard *s)
{
	const struct wire_keys_req req = {
		.token = s->theirs[s->token->number]
	};

	wire_keys_req_put(shard_call(s, WIRE_KEYS, shard_keys_answer), &req);
	worker_send(s->worker, &s->call);
}

static int shard_login_answer(struct worker_call *call,
			      const struct wire_frame *f, struct error *e)
{
	struct shard *s = shard_of(call);
	struct error why;
	int r;

	if (f->kind == WIRE_REP) {
		token_login_ended(s->token, NULL);
		shard_ask_keys(s);
		return 0;
	}
	r = wire_fault_get(f->body, &why, e);
	if (r != 0)
		return r;
	token_login_ended(s->token, &why);
	/* The next worker does not try it again. */
	if (s->token->login_refused.code != 0 &&
	    module_let_go(s->module, s->worker, &why))
		return 0;
	shard_token_failed(s, &why);
	return 0;
}

static void shard_login(struct shard *s)
{
	struct wire_login_req req = {
		.token = s->theirs[s->token->number]
	};
	struct error why;

	if (token_login_allowed(s->token, &why) != 0) {
		shard_token_failed(s, &why);
		return;
	}
	snprintf(req.pin_source, sizeof(req.pin_source), "%s",
		 s->token->settings->pin_source);
	s->token->login_pending = true;
	wire_login_req_put(shard_call(s, WIRE_LOGIN, shard_login_answer),
			   &req);
	worker_send(s->worker, &s->call);
}

/* One that was ready before has only looked. */
static void shard_is_ready(struct shard *s)
{
	bool looked = s->state == SHARD_READY;

	s->looked_ns = clock_mono_ns();
	if (looked && !s->found)
		return;
	if (!looked)
		s->ready_since = s->looked_ns;
	s->state = SHARD_READY;
	/* The module has read it. */
	shard_drop_conf(s);
	module_shard_ready(s->module, s);
}

/* One step for each token it saw; then it is ready. */
static void shard_next_token(struct shard *s)
{
	struct token *t;

	TAILQ_FOREACH(t, &s->module->tokens, entry)
		if (s->seen[t->number])
			break;
	if (t == NULL) {
		shard_is_ready(s);
		return;
	}
	s->found = true;
	s->seen[t->number] = false;
	s->token = t;
	if (!token_initialized(&t->wire)) {
		t->state = TOKEN_UNINITIALIZED;
		s->can[t->number] = true;
		shard_next_token(s);
		return;
	}
	if (t->settings != NULL && t->settings->pin_source != NULL &&
	    (t->wire.flags & CKF_LOGIN_REQUIRED) != 0)
		shard_login(s);
	else
		shard_ask_keys(s);
}

/* A token it lists: a new one, or one that is known by its names. */
static int shard_take_token(struct shard *s, const struct wire_token *w,
			    struct error *e)
{
	struct module *m = s->module;
	struct token *t;
	int r;

	TAILQ_FOREACH(t, &m->tokens, entry)
		if (token_is(t, w))
			break;
	if (t == NULL) {
		if (m->tokens_count == LIMIT_TOKENS)
			return error_set(e, ERR_TOO_LARGE,
					 "more than %u tokens", LIMIT_TOKENS);
		r = token_new(m, w, &t, e);
		if (r != 0)
			return r;
		t->number = m->tokens_count++;
		t->settings = token_settings(m->settings, w);
		TAILQ_INSERT_TAIL(&m->tokens, t, entry);
	}
	t->wire = *w;
	memcpy(t->reader, s->reader, sizeof(t->reader));
	s->listed++;
	s->theirs[t->number] = w->token;
	s->seen[t->number] = !s->can[t->number] &&
			     (s->state != SHARD_READY ||
			      t->state != TOKEN_FAILED);
	return 0;
}

static int shard_tokens_answer(struct worker_call *call,
			       const struct wire_frame *f, struct error *e)
{
	struct shard *s = shard_of(call);
	struct wire_token w;
	struct error why;
	int r;

	if (f->kind == WIRE_REP) {
		shard_next_token(s);
		return 0;
	}
	if (f->kind == WIRE_MORE) {
		r = wire_token_get(f->body, &w, e);
		return r != 0 ? r : shard_take_token(s, &w, e);
	}
	/* Without its tokens this worker is of no use: end it and try anew. */
	r = wire_fault_get(f->body, &why, e);
	if (r == 0)
		*e = why;
	return e->code;
}

static void shard_ask_tokens(struct shard *s)
{
	memset(s->seen, 0, sizeof(s->seen));
	s->found = false;
	s->listed = 0;
	shard_call(s, WIRE_TOKENS, shard_tokens_answer);
	worker_send(s->worker, &s->call);
}

static bool shard_misses(const struct shard *s)
{
	const struct token *t;

	TAILQ_FOREACH(t, &s->module->tokens, entry)
		if (!s->can[t->number] && t->state != TOKEN_FAILED)
			return true;
	return s->module->tokens_count == 0;
}

void shard_look(struct shard *s, int64_t now_ns)
{
	/* Cards come by PC/SC, see cards.c. */
	if (s->module->config->per_reader || s->state != SHARD_READY)
		return;
	if (worker_load(s->worker) == 0 &&
	    now_ns - s->looked_ns >= SHARD_LOOK_NS && shard_misses(s))
		shard_ask_tokens(s);
}

static int shard_hello_answer(struct worker_call *call,
			      const struct wire_frame *f, struct error *e)
{
	struct shard *s = shard_of(call);
	struct error why;
	int r;

	if (f->kind == WIRE_FAIL) {
		r = wire_fault_get(f->body, &why, e);
		if (r == 0)
			*e = why;
		return e->code;
	}
	r = wire_hello_rep_get(f->body, &s->module->info, e);
	if (r != 0)
		return r;
	if (s->module->info.version != WIRE_VERSION)
		return error_set(e, ERR_PROTOCOL,
				 "signet-worker speaks version %u of the worker"
				 " protocol, signetd version %d; install both"
				 " from one release", s->module->info.version,
				 WIRE_VERSION);
	shard_ask_tokens(s);
	return 0;
}

static void shard_hello(struct shard *s)
{
	struct wire_hello_req req = { .version = WIRE_VERSION };

	snprintf(req.module, sizeof(req.module), "%s",
		 s->module->config->path);
	snprintf(req.name, sizeof(req.name), "%s", s->module->config->name);
	snprintf(req.reader, sizeof(req.reader), "%s", s->reader);
	wire_hello_req_put(shard_call(s, WIRE_HELLO, shard_hello_answer),
			   &req);
	worker_send(s->worker, &s->call);
}

/* The module's environment, and where its own OPENSC_CONF lies. */
static char **shard_environment(const struct shard *s, char *conf,
				struct error *e)
{
	char *const *all = s->module->environment;
	char **env;
	size_t n = 0;

	while (all[n] != NULL)
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (env == NULL) {
		error_set(e, ERR_NO_MEMORY, "no memory for a worker");
		return NULL;
	}
	memcpy(env, all, n * sizeof(*env));
	env[n] = conf;
	return env;
}

static int shard_spawn(struct shard *s, struct error *e)
{
	const struct worker_owner owner = { shard_worker_ended, s };
	char conf[LIMIT_PATH + 32] = "";
	char **env;
	int r;

	if (s->conf != NULL)
		snprintf(conf, sizeof(conf), "OPENSC_CONF=%s", s->conf);
	env = shard_environment(s, s->conf == NULL ? NULL : conf, e);
	if (env == NULL)
		return e->code;
	const struct worker_setup setup = {
		.program = s->module->settings->worker,
		.module = s->module->config->name,
		.environment = env,
	};
	r = worker_start(s->module->base, &setup, &owner, &s->worker, e);
	free(env);
	return r;
}

void shard_start(struct shard *s)
{
	struct error e;
	int r = module_path_check(s->module->config->path, &e);

	s->state = SHARD_STARTING;
	if (r == 0)
		r = module_shard_prepare(s->module, s, &e);
	if (r == 0)
		r = shard_spawn(s, &e);
	if (r == 0) {
		shard_hello(s);
		return;
	}
	error_prefix(&e, "module %s: ", s->module->config->name);
	/* Of a worker that was started it is told when it ends. */
	if (strcmp(s->module->last_error.message, e.message) != 0)
		log_failure(LOG_WARNING, NULL, "no worker", &e);
	shard_worker_ended(s, NULL, &e);
}
