/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cards: which module serves the card in which reader.
 */
#include "broker/cards.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/announce.h"
#include "broker/broker.h"
#include "broker/child.h"

/* Starts in a row that fail, until the reader is reset. */
#define CARDS_FAILURES 3
/* Seconds between two resets of a reader, and that one may take. */
#define CARDS_RESET_S 30
#define CARDS_RESET_TAKES_S 5
/* A card nobody knows was perhaps not ready: it is offered again, ever later.
 */
#define CARDS_RETRY_FIRST_MS 250
#define CARDS_RETRY_LAST_MS 60000

struct cards {
	struct broker *broker;
	struct readers *readers;
	char **environment; /* of signet-reader */
	struct card list[LIMIT_READERS];
	unsigned count;
	pid_t reset;	    /* one at a time; 0: none */
	struct event *late; /* it takes too long */
	struct event *retry; /* of cards that nobody knows */
};

static const char *const state_names[] = {
	[CARD_TRYING] = "trying",
	[CARD_SERVED] = "served",
	[CARD_FAILING] = "failing",
	[CARD_UNKNOWN] = "unknown",
};

const char *card_state_name(enum card_state state)
{
	return state_names[state];
}

static struct card *card_find(struct cards *c, const char *reader)
{
	for (unsigned i = 0; i < c->count; i++)
		if (strcmp(c->list[i].reader, reader) == 0)
			return &c->list[i];
	return NULL;
}

const struct card *cards_find(const struct cards *c, const char *reader)
{
	for (unsigned i = 0; c != NULL && i < c->count; i++)
		if (strcmp(c->list[i].reader, reader) == 0)
			return &c->list[i];
	return NULL;
}

const struct readers *cards_readers(const struct cards *c)
{
	return c->readers;
}

/* What it most likely has is shown already. */
static bool card_recalled(const struct card *card)
{
	const struct token *t;

	if (card->module == NULL)
		return false;
	TAILQ_FOREACH(t, &card->module->tokens, entry)
		if (t->state == TOKEN_CONFIRMING &&
		    strcmp(t->reader, card->reader) == 0)
			return true;
	return false;
}

bool cards_settled(const struct cards *c)
{
	const struct wire_service *s;

	if (c == NULL || c->readers == NULL)
		return true;
	s = readers_service(c->readers);
	if (s->state == 0 || (s->state == WIRE_SERVICE_RUNNING &&
			      !readers_complete(c->readers)))
		return false;
	for (unsigned i = 0; i < c->count; i++)
		if (c->list[i].state == CARD_TRYING &&
		    !card_recalled(&c->list[i]))
			return false;
	return true;
}

static void cards_changed(struct cards *c)
{
	event_active(c->broker->cleanup, EV_TIMEOUT, 0);
}

/* --- which module ------------------------------------------------------- */

/* The next one for readers, behind m; the first for NULL. */
static struct module *next_module(struct cards *c, const struct module *m)
{
	struct module *n = m == NULL ? TAILQ_FIRST(&c->broker->modules) :
		TAILQ_NEXT(m, entry);

	while (n != NULL && !n->config->per_reader)
		n = TAILQ_NEXT(n, entry);
	return n;
}

/* The readers that the worker of this one is to leave alone. */
static size_t other_readers(const struct cards *c, const char *reader,
			    const char **others)
{
	const struct reader *r;
	size_t n = 0;

	for (unsigned i = 0; (r = readers_at(c->readers, i)) != NULL &&
	     n < LIMIT_READERS; i++)
		if (strcmp(r->name, reader) != 0)
			others[n++] = r->name;
	return n;
}

/* The timer fires when the first of them is due. */
static void cards_set_retry(struct cards *c)
{
	int64_t first = 0, left;
	struct timeval tv;

	for (unsigned i = 0; i < c->count; i++)
		if (c->list[i].state == CARD_UNKNOWN &&
		    (first == 0 || c->list[i].retry_ns < first))
			first = c->list[i].retry_ns;
	if (first == 0)
		return;
	left = first - clock_mono_ns();
	if (left < CLOCK_NS_PER_MS)
		left = CLOCK_NS_PER_MS;
	tv.tv_sec = (time_t)(left / CLOCK_NS_PER_S);
	tv.tv_usec = (suseconds_t)(left % CLOCK_NS_PER_S / 1000);
	evtimer_add(c->retry, &tv);
}

static void card_unknown(struct cards *c, struct card *card)
{
	card->state = CARD_UNKNOWN;
	card->module = NULL;
	if (card->error.code == 0)
		error_set(&card->error, ERR_NO_SUCH_TOKEN, "no module of the"
			  " configuration finds a token on this card");
	log_failure(card->retry_ms == 0 ? LOG_WARNING : LOG_DEBUG, NULL,
		    card->reader, &card->error);
	card->retry_ms = card->retry_ms == 0 ? CARDS_RETRY_FIRST_MS :
		card->retry_ms * 2;
	if (card->retry_ms > CARDS_RETRY_LAST_MS)
		card->retry_ms = CARDS_RETRY_LAST_MS;
	card->retry_ns = clock_mono_ns() + card->retry_ms * CLOCK_NS_PER_MS;
	cards_set_retry(c);
	cards_changed(c);
}

/* Offer it to m, or to whoever comes behind. */
static void card_offer(struct cards *c, struct card *card, struct module *m)
{
	const char *others[LIMIT_READERS];
	size_t count = other_readers(c, card->reader, others);
	const struct reader *r = readers_find(c->readers, card->reader);
	struct slice atr = r == NULL ? slice_of(NULL, 0) :
		slice_of(r->atr, r->atr_len);

	for (; m != NULL; m = next_module(c, m)) {
		card->module = m;
		card->state = CARD_TRYING;
		if (module_card_in(m, card->reader, atr, others, count,
				   &card->error) == 0)
			return;
	}
	card_unknown(c, card);
}

static void cards_retry(evutil_socket_t fd, short what, void *arg)
{
	struct cards *c = arg;
	int64_t now = clock_mono_ns();

	for (unsigned i = 0; i < c->count; i++)
		if (c->list[i].state == CARD_UNKNOWN &&
		    c->list[i].retry_ns <= now)
			card_offer(c, &c->list[i], next_module(c, NULL));
	cards_set_retry(c);
}

void cards_ready(struct cards *c, struct module *m, const char *reader,
		 unsigned tokens)
{
	struct card *card = card_find(c, reader);
	char name[LIMIT_LABEL];
	struct error why;

	if (card == NULL || card->module != m)
		return;
	if (tokens > 0) {
		card->state = CARD_SERVED;
		card->retry_ms = 0;
		error_clear(&card->error);
		cards_changed(c);
		return;
	}
	snprintf(name, sizeof(name), "%s", reader);
	error_set(&why, ERR_NO_SUCH_TOKEN, "module %s finds no token on it",
		  m->config->name);
	module_card_out(m, name, &why);
	card_offer(c, card, next_module(c, m));
}

/* --- what fails --------------------------------------------------------- */

static void cards_late(evutil_socket_t fd, short what, void *arg)
{
	struct cards *c = arg;

	if (c->reset > 0)
		kill(-c->reset, SIGKILL);
}

bool cards_reaped(struct cards *c, pid_t pid)
{
	if (c == NULL || pid != c->reset)
		return false;
	kill(-pid, SIGKILL);
	c->reset = 0;
	evtimer_del(c->late);
	return true;
}

/* signet-reader --reset NAME: it may hang, and is killed then. */
static void card_reset(struct cards *c, struct card *card)
{
	const struct timeval late = { CARDS_RESET_TAKES_S, 0 };
	const struct child_setup child = {
		.program = c->broker->settings->reader_program,
		.name = "signet-reader",
		.environment = c->environment,
		.fds = { -1, -1 },
		.arguments = { "--reset", card->reader },
	};
	int64_t now = clock_mono_ns();

	if (c->reset != 0 || child.program == NULL ||
	    (card->resets > 0 &&
	     now - card->reset_ns < CARDS_RESET_S * CLOCK_NS_PER_S))
		return;
	card->resets++;
	card->reset_ns = now;
	log_write(LOG_WARNING, NULL, "reader %s: is being reset",
		  card->reader);
	if (child_spawn(&child, &c->reset) != 0)
		c->reset = 0;
	else
		evtimer_add(c->late, &late);
}

void cards_failed(struct cards *c, struct module *m, const char *reader,
		  unsigned failures, const struct error *why)
{
	struct card *card = card_find(c, reader);
	char name[LIMIT_LABEL];

	if (card == NULL || card->module != m)
		return;
	card->error = *why;
	/* A file that cannot be loaded is no fault of this card. */
	if (why->code == ERR_MODULE_LOAD) {
		snprintf(name, sizeof(name), "%s", reader);
		module_card_out(m, name, why);
		card_offer(c, card, next_module(c, m));
		return;
	}
	card->state = CARD_FAILING;
	if (failures >= CARDS_FAILURES)
		card_reset(c, card);
	cards_changed(c);
}

/* --- what the readers tell ---------------------------------------------- */

static void cards_inserted(void *arg, const struct reader *r)
{
	struct cards *c = arg;
	struct card *card = card_find(c, r->name);

	if (card == NULL && c->count < LIMIT_READERS)
		card = &c->list[c->count++];
	if (card == NULL)
		return;
	memset(card, 0, sizeof(*card));
	snprintf(card->reader, sizeof(card->reader), "%s", r->name);
	error_clear(&card->error);
	log_write(LOG_INFO, NULL, "reader %s: a card is in", r->name);
	announce_card(c->broker, r->name, slice_of(r->atr, r->atr_len), true);
	/* Its worker has to know the other readers, to leave them alone. */
	if (readers_complete(c->readers))
		card_offer(c, card, next_module(c, NULL));
}

static void cards_complete(void *arg)
{
	struct cards *c = arg;

	for (unsigned i = 0; i < c->count; i++)
		if (c->list[i].state == CARD_TRYING &&
		    c->list[i].module == NULL)
			card_offer(c, &c->list[i], next_module(c, NULL));
	cards_changed(c);
}

static void cards_removed(void *arg, const struct reader *r)
{
	struct cards *c = arg;
	struct card *card = card_find(c, r->name);
	struct module *m;
	struct error why;

	if (card == NULL)
		return;
	m = card->module;
	*card = c->list[--c->count];
	log_write(LOG_INFO, NULL, "reader %s: the card is out", r->name);
	announce_card(c->broker, r->name, slice_of(NULL, 0), false);
	error_set(&why, ERR_TOKEN_GONE, "the card in reader %s was taken out;"
		  " insert it and try again", r->name);
	if (m != NULL)
		module_card_out(m, r->name, &why);
	cards_changed(c);
}

static void cards_reader_added(void *arg, const struct reader *r, bool added)
{
	struct cards *c = arg;

	announce_reader(c->broker, r->name, added);
}

static void cards_service(void *arg, const struct wire_service *s)
{
	cards_changed(arg);
}

/* It answers again, or is let go: whoever tried in vain may try anew. */
static void cards_reader_changed(void *arg, const struct reader *r)
{
	struct cards *c = arg;
	struct card *card = card_find(c, r->name);
	struct error why;

	if (card != NULL && r->state == WIRE_READER_PRESENT &&
	    card->state != CARD_SERVED) {
		error_set(&why, ERR_TOKEN_GONE, "the card in reader %s has just"
			  " come back", r->name);
		if (card->module != NULL)
			module_card_out(card->module, r->name, &why);
		card_offer(c, card, next_module(c, NULL));
	}
	cards_changed(c);
}

static bool module_is_there(const struct cards *c, const struct module *m)
{
	const struct module *n;

	TAILQ_FOREACH(n, &c->broker->modules, entry)
		if (n == m)
			return true;
	return false;
}

void cards_restart(struct cards *c)
{
	for (unsigned i = 0; c != NULL && i < c->count; i++)
		if (!module_is_there(c, c->list[i].module))
			card_offer(c, &c->list[i], next_module(c, NULL));
}

/* --- life --------------------------------------------------------------- */

int cards_new(struct broker *b, struct cards **out, struct error *e)
{
	static const char *const kept[] = { "PCSCLITE_CSOCK_NAME", "PATH",
					    "ASAN_OPTIONS", "UBSAN_OPTIONS",
					    NULL };
	struct cards *c = calloc(1, sizeof(*c));
	const struct readers_owner owner = {
		.added = cards_reader_added,
		.inserted = cards_inserted,
		.removed = cards_removed,
		.changed = cards_reader_changed,
		.complete = cards_complete,
		.service = cards_service,
		.arg = c,
	};
	int r;

	if (c == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for cards");
	c->broker = b;
	c->late = evtimer_new(b->base, cards_late, c);
	c->retry = evtimer_new(b->base, cards_retry, c);
	c->environment = child_environment(kept);
	r = c->late == NULL || c->retry == NULL || c->environment == NULL ?
		error_set(e, ERR_NO_MEMORY, "no memory") :
		readers_new(b->base, b->settings->reader_program,
			    c->environment, &owner, &c->readers, e);
	if (r != 0) {
		cards_free(c);
		return r;
	}
	*out = c;
	return 0;
}

void cards_free(struct cards *c)
{
	if (c == NULL)
		return;
	if (c->reset > 0)
		kill(-c->reset, SIGKILL);
	readers_free(c->readers);
	if (c->late != NULL)
		event_free(c->late);
	if (c->retry != NULL)
		event_free(c->retry);
	child_environment_free(c->environment);
	free(c);
}
