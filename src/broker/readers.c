/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: what PC/SC has, as signet-reader tells it.
 *
 * signet-reader is a worker with one call that never ends.
 */
#include "broker/readers.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/worker.h"
#include "wire/fault.h"

/* A process that lived so long was good: the next one starts at once. */
#define READERS_GOOD_NS (30 * CLOCK_NS_PER_S)
/* So many that said nothing of use: it cannot start on this machine... */
#define READERS_MUTE_MAX 3u
/* ... and somebody may install what is missing. */
#define READERS_MUTE_RETRY_MS 60000u

struct readers {
	struct event_base *base;
	const char *program;
	char *const *environment;
	struct readers_owner owner;
	struct worker *worker; /* NULL: none now */
	struct worker_call call;
	struct event *retry;
	unsigned pause_ms;
	unsigned mute;	       /* processes in a row that said none */
	bool heard;	       /* this process said something of use */
	int64_t started_ns;
	struct wire_service service;
	bool complete;
	struct reader table[LIMIT_READERS];
	unsigned count;
};

/* --- telling the owner -------------------------------------------------- */

static void readers_inserted(struct readers *r, const struct reader *x)
{
	if (r->owner.inserted != NULL)
		r->owner.inserted(r->owner.arg, x);
}

static void readers_removed(struct readers *r, const struct reader *x)
{
	if (r->owner.removed != NULL)
		r->owner.removed(r->owner.arg, x);
}

static void readers_set_service(struct readers *r,
				enum wire_service_state state,
				const char *text)
{
	struct wire_service now = { .state = state };

	snprintf(now.text, sizeof(now.text), "%s", text);
	if (now.state == r->service.state &&
	    strcmp(now.text, r->service.text) == 0)
		return;
	r->service = now;
	log_write(state == WIRE_SERVICE_RUNNING ? LOG_INFO : LOG_WARNING, NULL,
		  "PC/SC: %s", state == WIRE_SERVICE_RUNNING ?
		  "pcscd is running" : now.text);
	if (r->owner.service != NULL)
		r->owner.service(r->owner.arg, &now);
}

/* --- the table ---------------------------------------------------------- */

static struct reader *readers_entry(struct readers *r, const char *name)
{
	for (unsigned i = 0; i < r->count; i++)
		if (strcmp(r->table[i].name, name) == 0)
			return &r->table[i];
	return NULL;
}

/* Out of the table first: the owner may look into it. */
static void readers_drop(struct readers *r, struct reader *x)
{
	struct reader was = *x;

	r->count--;
	memmove(x, x + 1, (size_t)(&r->table[r->count] - x) * sizeof(*x));
	if (wire_reader_has_card(was.state))
		readers_removed(r, &was);
	if (r->owner.added != NULL)
		r->owner.added(r->owner.arg, &was, false);
}

/* All, or those that this signet-reader does not know. */
static void readers_drop_all(struct readers *r, bool confirmed)
{
	for (unsigned i = r->count; i-- > 0;)
		if (confirmed || !r->table[i].confirmed)
			readers_drop(r, &r->table[i]);
}

static struct reader *readers_add(struct readers *r, const char *name)
{
	struct reader *x;

	if (r->count == LIMIT_READERS)
		return NULL;
	x = &r->table[r->count++];
	memset(x, 0, sizeof(*x));
	snprintf(x->name, sizeof(x->name), "%s", name);
	x->state = WIRE_READER_EMPTY;
	x->since = clock_unix();
	if (r->owner.added != NULL)
		r->owner.added(r->owner.arg, x, true);
	return x;
}

static void readers_note(struct reader *x, const struct wire_reader *m)
{
	x->state = m->state;
	x->events = m->events;
	x->atr_len = m->atr.len;
	memcpy(x->atr, m->atr.ptr, m->atr.len);
	x->confirmed = true;
}

/*
 * Is the card another than the one in the table?  Who was not there in between
 * cannot know it, but for the count and the ATR.
 */
static bool readers_swapped(const struct reader *x, const struct wire_reader *m)
{
	if (x->confirmed)
		return m->swapped;
	return x->events != m->events ||
	       !slice_equal(slice_of(x->atr, x->atr_len), m->atr);
}

/* There was a card and is one. */
static void readers_card(struct readers *r, struct reader *x,
			 const struct wire_reader *m)
{
	bool swapped = readers_swapped(x, m), same = x->state == m->state;
	struct reader was = *x;

	readers_note(x, m);
	if (swapped) {
		x->since = clock_unix();
		readers_removed(r, &was);
		readers_inserted(r, x);
	} else if (!same && r->owner.changed != NULL) {
		r->owner.changed(r->owner.arg, x);
	}
}

static int readers_take_reader(struct readers *r, const struct wire_reader *m,
			       struct error *e)
{
	struct reader *x = readers_entry(r, m->name), was;
	bool has = wire_reader_has_card(m->state);

	if (m->state == WIRE_READER_GONE) {
		if (x != NULL)
			readers_drop(r, x);
		return 0;
	}
	if (x == NULL)
		x = readers_add(r, m->name);
	if (x == NULL)
		return error_set(e, ERR_PROTOCOL, "more than %u readers",
				 LIMIT_READERS);
	if (has && wire_reader_has_card(x->state)) {
		readers_card(r, x, m);
		return 0;
	}
	was = *x;
	readers_note(x, m);
	if (was.state != m->state)
		x->since = clock_unix();
	if (has)
		readers_inserted(r, x);
	else if (wire_reader_has_card(was.state))
		readers_removed(r, &was);
	return 0;
}

/* --- what signet-reader says --------------------------------------------- */

static void readers_take_service(struct readers *r,
				 const struct wire_service *m)
{
	bool running = m->state == WIRE_SERVICE_RUNNING;

	r->complete = !running;
	if (!running)
		readers_drop_all(r, true);
	readers_set_service(r, m->state, m->text);
}

static int readers_take(struct readers *r, const struct wire_readers_more *m,
			struct error *e)
{
	if (m->about == WIRE_READERS_SERVICE) {
		readers_take_service(r, &m->service);
		return 0;
	}
	if (r->service.state != WIRE_SERVICE_RUNNING)
		return error_set(e, ERR_PROTOCOL,
				 "readers before a running service");
	if (m->about == WIRE_READERS_READER)
		return readers_take_reader(r, &m->reader, e);
	r->complete = true;
	readers_drop_all(r, false);
	if (r->owner.complete != NULL)
		r->owner.complete(r->owner.arg);
	return 0;
}

static int readers_answer(struct worker_call *call, const struct wire_frame *f,
			  struct error *e)
{
	struct readers *r = (struct readers *)
		((char *)call - offsetof(struct readers, call));
	struct wire_readers_more m;
	struct error why;
	int result;

	if (f->kind == WIRE_FAIL) {
		result = wire_fault_get(f->body, &why, e);
		if (result == 0)
			*e = why;
		return e->code;
	}
	if (f->kind != WIRE_MORE)
		return error_set(e, ERR_PROTOCOL, "an end of what has none");
	result = wire_readers_more_get(f->body, &m, e);
	if (result != 0)
		return result;
	result = readers_take(r, &m, e);
	if (result != 0)
		return result;
	r->heard = true;
	r->mute = 0;
	/* A first look takes no time, unless pcscd hangs. */
	call->deadline_ms = r->complete ? 0 : LIMIT_DEADLINE_MS;
	return 0;
}

/* --- its life ------------------------------------------------------------- */

static void readers_start(struct readers *r);

static void readers_again(evutil_socket_t fd, short what, void *arg)
{
	readers_start(arg);
}

static void readers_later(struct readers *r)
{
	unsigned ms = r->pause_ms;
	struct timeval tv;

	if (clock_mono_ns() - r->started_ns > READERS_GOOD_NS)
		ms = LIMIT_BACKOFF_FIRST_MS;
	r->pause_ms = ms * 2 < LIMIT_BACKOFF_LAST_MS ? ms * 2 :
		      LIMIT_BACKOFF_LAST_MS;
	if (r->mute >= READERS_MUTE_MAX)
		ms = READERS_MUTE_RETRY_MS;
	tv = (struct timeval){ (time_t)ms / 1000,
			       (suseconds_t)(ms % 1000) * 1000 };
	evtimer_add(r->retry, &tv);
}

/* What a person has to know of a signet-reader that ended for that reason. */
static void readers_explain(struct readers *r, const struct error *why)
{
	if (r->mute >= READERS_MUTE_MAX) {
		/* It never will say what became of them. */
		readers_drop_all(r, true);
		readers_set_service(r, WIRE_SERVICE_FAILED, "no PC/SC here:"
				    " signet-reader does not start; see the log"
				    " of signetd; is libpcsclite1 installed?");
	} else if (why->code == ERR_DEADLINE) {
		readers_drop_all(r, true);
		readers_set_service(r, WIRE_SERVICE_FAILED, "pcscd does not"
				    " answer: systemctl restart pcscd");
	} else if (r->service.state == WIRE_SERVICE_RUNNING) {
		readers_set_service(r, WIRE_SERVICE_FAILED, "signet-reader"
				    " ended and is being started again; see"
				    " the log of signetd");
	}
}

static void readers_ended(void *arg, struct worker *w, const struct error *why)
{
	struct readers *r = arg;

	r->worker = NULL;
	if (why->code == ERR_SHUTTING_DOWN)
		return;
	r->complete = false;
	for (unsigned i = 0; i < r->count; i++)
		r->table[i].confirmed = false;
	/* A pcscd that hangs is no signet-reader that cannot start. */
	if (!r->heard && why->code != ERR_DEADLINE)
		r->mute++;
	readers_explain(r, why);
	readers_later(r);
}

/* readers_ended() follows. */
static void readers_lost(struct worker_call *call, const struct error *why,
			 bool begun)
{
}

static void readers_start(struct readers *r)
{
	const struct worker_setup setup = { .program = r->program,
					    .module = "signet-reader",
					    .environment = r->environment };
	const struct worker_owner owner = { readers_ended, r };
	const struct wire_readers_req m = { .version = WIRE_VERSION };
	struct error e;

	r->heard = false;
	r->started_ns = clock_mono_ns();
	if (worker_start(r->base, &setup, &owner, &r->worker, &e) != 0) {
		log_failure(LOG_WARNING, NULL, "PC/SC", &e);
		readers_ended(r, NULL, &e);
		return;
	}
	r->call = (struct worker_call){ .type = WIRE_READERS,
					.deadline_ms = LIMIT_DEADLINE_MS,
					.answer = readers_answer,
					.lost = readers_lost };
	wire_readers_req_put(worker_begin(r->worker, &r->call), &m);
	worker_send(r->worker, &r->call);
}

int readers_new(struct event_base *base, const char *program,
		char *const *environment, const struct readers_owner *owner,
		struct readers **out, struct error *e)
{
	struct readers *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for readers");
	r->base = base;
	r->program = program;
	r->environment = environment;
	r->owner = *owner;
	r->pause_ms = LIMIT_BACKOFF_FIRST_MS;
	r->retry = evtimer_new(base, readers_again, r);
	if (r->retry == NULL) {
		free(r);
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	}
	if (program != NULL) {
		/* From the loop: the owner is not ready for calls yet. */
		event_active(r->retry, EV_TIMEOUT, 0);
	} else {
		r->service.state = WIRE_SERVICE_FAILED;
		snprintf(r->service.text, sizeof(r->service.text),
			 "no PC/SC here: signet-reader is neither beside"
			 " signetd nor in ../lib/signet");
	}
	*out = r;
	return 0;
}

void readers_free(struct readers *r)
{
	struct error why;

	if (r == NULL)
		return;
	error_set(&why, ERR_SHUTTING_DOWN, "readers are watched no more");
	if (r->worker != NULL)
		worker_end(r->worker, &why);
	event_free(r->retry);
	free(r);
}

/* --- looking ------------------------------------------------------------ */

bool readers_complete(const struct readers *r)
{
	return r->complete;
}

const struct wire_service *readers_service(const struct readers *r)
{
	return &r->service;
}

const struct reader *readers_at(const struct readers *r, unsigned index)
{
	return index < r->count ? &r->table[index] : NULL;
}

const struct reader *readers_find(const struct readers *r, const char *name)
{
	for (unsigned i = 0; i < r->count; i++)
		if (strcmp(r->table[i].name, name) == 0)
			return &r->table[i];
	return NULL;
}
