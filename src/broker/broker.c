/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker: the modules, their tokens and keys, and the requests under way.
 */
#include "broker/broker.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/announce.h"
#include "broker/authorise.h"
#include "broker/cards.h"
#include "broker/events.h"
#include "broker/keep_alive.h"
#include "broker/own_records.h"
#include "broker/prompt.h"
#include "broker/shard.h"
#include "evidence/seen.h"

/* At the end: for workers that finish a call they are in. */
#define BROKER_WAIT_MS 2000

/* --- modules ------------------------------------------------------------ */

static void broker_wake_waiters(struct broker *b, int64_t now_ns)
{
	struct broker_waiter *w, *next;

	for (w = TAILQ_FIRST(&b->waiters); w != NULL; w = next) {
		next = TAILQ_NEXT(w, entry);
		if (now_ns < w->until_ns && !broker_knows(b, w->uri))
			continue;
		TAILQ_REMOVE(&b->waiters, w, entry);
		w->ready(w);
	}
}

/* At the end of a turn: nobody is inside a module any more. */
static void broker_cleanup(evutil_socket_t fd, short what, void *arg)
{
	struct broker *b = arg;
	struct module *m;

	while ((m = TAILQ_FIRST(&b->retired)) != NULL) {
		TAILQ_REMOVE(&b->retired, m, entry);
		module_free(m);
	}
	broker_wake_waiters(b, clock_mono_ns());
}

static void broker_module_settled(void *arg)
{
	struct broker *b = arg;

	event_active(b->cleanup, EV_TIMEOUT, 0);
}

static void broker_module_changed(void *arg)
{
	struct broker *b = arg;

	broker_forget_found(b);
	announce_changes(b);
	approval_workers_changed(b);
	broker_approvals_soon(b);
	if (!TAILQ_EMPTY(&b->waiters))
		event_active(b->cleanup, EV_TIMEOUT, 0);
}

static void broker_asking(evutil_socket_t fd, short what, void *arg)
{
	approval_next(arg);
}

void broker_approvals_soon(struct broker *b)
{
	if (!TAILQ_EMPTY(&b->approvals_waiting))
		event_active(b->asking, EV_TIMEOUT, 0);
}

static void broker_module_retired(void *arg, struct module *m)
{
	struct broker *b = arg;

	log_write(LOG_INFO, NULL, "module %s: the old workers are done",
		  m->config->name);
	m->retiring = false; /* told once */
	TAILQ_INSERT_TAIL(&b->retired, m, entry);
	event_active(b->cleanup, EV_TIMEOUT, 0);
}

static void broker_reader_ready(void *arg, struct module *m,
				const char *reader, unsigned tokens)
{
	struct broker *b = arg;

	cards_ready(b->cards, m, reader, tokens);
}

static void broker_reader_failed(void *arg, struct module *m,
				 const char *reader, unsigned failures,
				 const struct error *why)
{
	struct broker *b = arg;

	cards_failed(b->cards, m, reader, failures, why);
}

/* PC/SC is watched where a module wants it. */
static int broker_cards(struct broker *b, struct error *e)
{
	bool wanted = false;

	for (unsigned i = 0; i < b->settings->modules_count; i++)
		wanted = wanted || b->settings->modules[i].per_reader;
	if (!wanted) {
		cards_free(b->cards);
		b->cards = NULL;
		return 0;
	}
	if (b->cards == NULL)
		return cards_new(b, &b->cards, e);
	cards_restart(b->cards);
	return 0;
}

static int broker_add_module(struct broker *b, struct settings *settings,
			     unsigned number, struct error *e)
{
	const struct module_owner owner = {
		.settled = broker_module_settled,
		.changed = broker_module_changed,
		.retired = broker_module_retired,
		.reader_ready = broker_reader_ready,
		.reader_failed = broker_reader_failed,
		.arg = b,
	};
	struct module *m;
	int r = module_new(b->base, settings, number, &owner, &m, e);

	if (r == 0)
		TAILQ_INSERT_TAIL(&b->modules, m, entry);
	return r;
}

bool broker_settled(const struct broker *b)
{
	const struct module *m;

	TAILQ_FOREACH(m, &b->modules, entry)
		if (!m->settled)
			return false;
	return cards_settled(b->cards);
}

bool broker_wait(struct broker *b, struct broker_waiter *w, const char *uri,
		 unsigned ms)
{
	if (broker_knows(b, uri))
		return false;
	w->uri = uri;
	w->until_ns = clock_mono_ns() + ms * CLOCK_NS_PER_MS;
	TAILQ_INSERT_TAIL(&b->waiters, w, entry);
	return true;
}

void broker_wait_cancel(struct broker *b, struct broker_waiter *w)
{
	TAILQ_REMOVE(&b->waiters, w, entry);
}

/* Well: started, no token refused, nothing failed. */
static bool module_well(const struct module *m)
{
	const struct token *t;

	if (m->down)
		return false;
	TAILQ_FOREACH(t, &m->tokens, entry)
		if (t->state == TOKEN_FAILED || t->login_refused.code != 0)
			return false;
	return true;
}

static bool broker_keep_module(struct broker *b, const struct module *m,
			       struct settings *settings)
{
	if (!module_well(m) || !settings_tokens_equal(b->settings, settings) ||
	    strcmp(b->settings->worker, settings->worker) != 0)
		return false;
	for (unsigned i = 0; i < settings->modules_count; i++)
		if (settings_module_equal(m->config, &settings->modules[i]))
			return true;
	return false;
}

static bool broker_has_module(const struct broker *b, const char *name)
{
	const struct module *m;

	TAILQ_FOREACH(m, &b->modules, entry)
		if (strcmp(m->config->name, name) == 0)
			return true;
	return false;
}

void broker_reload(struct broker *b, struct settings *settings)
{
	struct module *m, *next;
	struct error e;

	recording_reload(b, settings);
	origins_retry(&b->origins);
	broker_forget_found(b);
	authorise_forget(b);
	for (m = TAILQ_FIRST(&b->modules); m != NULL; m = next) {
		next = TAILQ_NEXT(m, entry);
		if (broker_keep_module(b, m, settings))
			continue;
		announce_module_gone(b, m);
		TAILQ_REMOVE(&b->modules, m, entry);
		module_retire(m);
	}
	for (unsigned i = 0; i < settings->modules_count; i++)
		if (!broker_has_module(b, settings->modules[i].name) &&
		    broker_add_module(b, settings, i, &e) != 0)
			log_failure(LOG_ERROR, NULL, settings->modules[i].name,
				    &e);
	settings_ref(settings);
	settings_unref(b->settings);
	b->settings = settings;
	if (broker_cards(b, &e) != 0)
		log_failure(LOG_ERROR, NULL, "cards", &e);
}

/* --- requests that ended ------------------------------------------------ */

/* The oldest, until no more than count are left, with their items. */
static void finished_forget(struct broker_finished *f, unsigned count)
{
	struct request *r;

	while (f->count > count || f->items > LIMIT_FINISHED_ITEMS) {
		r = TAILQ_FIRST(&f->requests);
		TAILQ_REMOVE(&f->requests, r, entry);
		f->count--;
		f->items -= r->count;
		request_unref(r);
	}
}

static void finished_add(struct broker_finished *f, struct request *r)
{
	request_ref(r); /* the macro takes its argument many times */
	TAILQ_INSERT_TAIL(&f->requests, r, entry);
	f->count++;
	f->items += r->count;
	finished_forget(f, f->limit);
}

/* --- life --------------------------------------------------------------- */

static void broker_child(evutil_socket_t fd, short what, void *arg)
{
	struct broker *b = arg;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (!worker_reaped(pid, status) && !prompt_reaped(pid) &&
		    !cards_reaped(b->cards, pid))
			log_write(LOG_INFO, NULL, "child %d ended", (int)pid);
}

static void broker_tick(evutil_socket_t fd, short what, void *arg)
{
	struct broker *b = arg;
	struct request *r, *next;
	int64_t now = clock_mono_ns();
	struct module *m;
	struct token *t;

	for (r = TAILQ_FIRST(&b->living); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		request_tick(r, now);
	}
	TAILQ_FOREACH(m, &b->modules, entry) {
		for (unsigned i = 0; i < m->shards_count; i++)
			shard_look(&m->shards[i], now);
		TAILQ_FOREACH(t, &m->tokens, entry)
			kept_tick(t, now);
	}
	announce_tick(b, clock_unix());
	recording_tick(b, now);
	keep_alive_tick(b, now);
	approval_next(b);
	broker_wake_waiters(b, now);
}

static int broker_events(struct broker *b, struct error *e)
{
	const struct timeval second = { 1, 0 };

	b->tick = event_new(b->base, -1, EV_PERSIST, broker_tick, b);
	b->cleanup = event_new(b->base, -1, 0, broker_cleanup, b);
	b->asking = event_new(b->base, -1, 0, broker_asking, b);
	b->child = evsignal_new(b->base, SIGCHLD, broker_child, b);
	if (b->tick == NULL || b->cleanup == NULL || b->child == NULL ||
	    b->asking == NULL ||
	    event_add(b->tick, &second) != 0 || event_add(b->child, NULL) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	return 0;
}

static unsigned broker_threads(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus < 1 ? 1 : (unsigned)cpus;
}

int broker_new(struct event_base *base, struct settings *settings,
	       struct broker **out, struct error *e)
{
	struct broker *b = calloc(1, sizeof(*b));
	int r;

	if (b == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for the broker");
	b->base = base;
	b->settings = settings_ref(settings);
	b->started = clock_unix();
	TAILQ_INIT(&b->modules);
	TAILQ_INIT(&b->retired);
	TAILQ_INIT(&b->living);
	TAILQ_INIT(&b->own_records);
	TAILQ_INIT(&b->later.requests);
	b->later.limit = LIMIT_FINISHED;
	TAILQ_INIT(&b->answered.requests);
	b->answered.limit = LIMIT_FINISHED_ANSWERED;
	TAILQ_INIT(&b->waiters);
	SLIST_INIT(&b->counters);
	TAILQ_INIT(&b->approvals_waiting);
	TAILQ_INIT(&b->approvals_open);
	origins_open(&b->origins, settings->state);
	b->found = calloc(BROKER_FOUND, sizeof(*b->found));
	r = b->found == NULL ? error_set(e, ERR_NO_MEMORY, "no memory") :
		broker_events(b, e);
	if (r == 0)
		r = events_new(&b->events, e);
	if (r == 0)
		r = recording_start(b, e);
	if (r == 0)
		r = compute_new(base, broker_threads(), &b->compute, e);
	for (unsigned i = 0; r == 0 && i < settings->modules_count; i++)
		r = broker_add_module(b, settings, i, e);
	if (r == 0)
		r = broker_cards(b, e);
	if (r != 0) {
		broker_free(b);
		return r;
	}
	*out = b;
	return 0;
}

void broker_free(struct broker *b)
{
	struct module *m;

	if (b == NULL)
		return;
	compute_free(b->compute);
	b->compute = NULL;
	own_records_stop(b);
	/* Before the modules: what it still calls back uses them. */
	recording_stop(b);
	cards_free(b->cards);
	b->cards = NULL;
	TAILQ_CONCAT(&b->retired, &b->modules, entry);
	while ((m = TAILQ_FIRST(&b->retired)) != NULL) {
		TAILQ_REMOVE(&b->retired, m, entry);
		module_free(m);
	}
	prompt_kill_all();
	worker_wait_all(BROKER_WAIT_MS);
	finished_forget(&b->later, 0);
	finished_forget(&b->answered, 0);
	if (b->found != NULL)
		broker_forget_found(b);
	free(b->found);
	authorise_forget(b);
	seen_close(b->seen);
	events_free(b->events);
	struct event *const all[] = { b->tick, b->cleanup, b->child,
				      b->asking };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] != NULL)
			event_free(all[i]);
	recording_fini(b);
	origins_fini(&b->origins);
	patience_fini(&b->patience);
	settings_unref(b->settings);
	free(b);
}

void broker_drain(struct broker *b, void (*drained)(void *arg), void *arg)
{
	struct request *r, *next;

	b->draining = true;
	b->drained = drained;
	b->drained_arg = arg;
	events_close(b->events);
	for (r = TAILQ_FIRST(&b->living); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (r->state == REQUEST_AUTHORISED)
			request_cancel(r, "signetd is shutting down");
	}
	if (b->living_count == 0)
		checkpoints_last(b, drained, arg);
}

/* --- requests ----------------------------------------------------------- */

void broker_request_started(struct broker *b, struct request *r)
{
	TAILQ_INSERT_TAIL(&b->living, r, entry);
	b->living_count++;
}

/* Large results are not kept for somebody who may never ask. */
static bool request_remembered(const struct request *r)
{
	for (unsigned i = 0; i < r->count; i++)
		if (spool_large(&r->items[i].result))
			return r->remember;
	return true;
}

void broker_request_ended(struct broker *b, struct request *r)
{
	TAILQ_REMOVE(&b->living, r, entry);
	b->living_count--;
	if (request_remembered(r))
		finished_add(r->remember ? &b->later : &b->answered, r);
	if (b->draining && b->living_count == 0)
		checkpoints_last(b, b->drained, b->drained_arg);
}

static bool may_see(const struct caller *caller, const struct request *r)
{
	return r->caller.uid == caller->uid &&
	       (caller->origin[0] == '\0' ||
		strcmp(r->caller.origin, caller->origin) == 0);
}

static struct request *find_in(struct requests *list, const char *id,
			       const struct caller *caller)
{
	struct request *r;

	TAILQ_FOREACH(r, list, entry)
		if (strcmp(r->id, id) == 0 && may_see(caller, r))
			return r;
	return NULL;
}

struct request *broker_find_request(struct broker *b, const char *id,
				    const struct caller *caller)
{
	struct request *r = find_in(&b->living, id, caller);

	if (r == NULL)
		r = find_in(&b->later.requests, id, caller);
	return r != NULL ? r : find_in(&b->answered.requests, id, caller);
}
