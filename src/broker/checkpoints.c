/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoints: those of the evidence, signed by a key on a token.
 */
#include "broker/checkpoints.h"

#include <event2/event.h>

#include "base/limits.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/uri.h"
#include "evidence/record.h"

/* A statement has a public key and some digests. */
#define CHECKPOINTS_STATEMENT (2 * LIMIT_SPKI + 1024)

/* Between two attempts, at most. */
#define CHECKPOINTS_RETRY_MS 30000u

/* Room for the event "stop". */
#define CHECKPOINTS_STOP 1024u

static void last_sign(struct checkpoints *c);
static void last_over(struct checkpoints *c);

static void checkpoints_over(struct checkpoints *c)
{
	errand_fini(&c->errand);
	buf_fini(&c->entry.statement);
	buf_fini(&c->entry.signature);
	c->busy = false;
	if (c->last == LAST_WAITS)
		last_sign(c);
	else if (c->last == LAST_SIGNED)
		last_over(c);
}

static void checkpoints_failed(struct checkpoints *c, const struct error *why)
{
	retry_failed(&c->retry, "evidence: checkpoints wait for their key",
		     CHECKPOINTS_RETRY_MS, why);
	checkpoints_over(c);
}

/* --- into the journal --------------------------------------------------- */

/* What keeps it off the disk is told where requests are refused for it. */
static void checkpoints_written(struct journal_entry *entry,
				const struct error *failure)
{
	checkpoints_over((struct checkpoints *)((char *)entry -
			 offsetof(struct checkpoints, entry)));
}

static void checkpoints_signed(struct errand *x, const struct error *failure)
{
	struct checkpoints *c = (struct checkpoints *)
		((char *)x - offsetof(struct checkpoints, errand));

	if (failure != NULL && failure->code == ERR_SHUTTING_DOWN) {
		checkpoints_over(c);
		return;
	}
	if (failure != NULL) {
		checkpoints_failed(c, failure);
		return;
	}
	retry_good(&c->retry, "evidence: checkpoints are signed again");
	buf_put_slice(&c->entry.signature, x->item.signature);
	recording_add(c->broker, &c->entry);
}

/* --- the next one ------------------------------------------------------- */

static int checkpoints_sign(struct broker *b, struct key *k, bool last,
			    struct error *e)
{
	struct checkpoints *c = &b->recording.checkpoints;
	const struct format_alg *alg = format_alg_default(k->wire.type,
							  k->wire.curve);
	int r;

	c->entry = (struct journal_entry){ .done = checkpoints_written };
	buf_init(&c->entry.statement, CHECKPOINTS_STATEMENT);
	buf_init(&c->entry.signature, LIMIT_SIGNATURE);
	if (!journal_due(b->recording.journal, last, k->wire.spki,
			 alg == NULL ? NULL : alg->name, &c->entry.statement,
			 &c->entry.sequence))
		return 0;
	r = buf_error(&c->entry.statement);
	if (r != 0)
		return error_set(e, r, "a checkpoint cannot be made");
	c->busy = true;
	c->broker = b;
	c->errand.done = checkpoints_signed;
	return errand_start(&c->errand, k, buf_slice(&c->entry.statement), e);
}

static bool checkpoints_due(struct broker *b)
{
	struct journal_stats stats;

	journal_stats(b->recording.journal, &stats);
	return stats.checkpoint_due;
}

void checkpoints_tick(struct broker *b, int64_t now_ns)
{
	const struct settings *s = b->recording.settings;
	struct checkpoints *c = &b->recording.checkpoints;
	struct key *k;
	struct error e;
	int r;

	if (b->recording.journal == NULL || s->evidence.key == NULL ||
	    c->busy || !retry_ready(&c->retry, now_ns) ||
	    !checkpoints_due(b))
		return;
	r = broker_find_key(b, s->evidence.key, &k, &e);
	if (r == 0) {
		r = checkpoints_sign(b, k, false, &e);
		key_unref(k);
	}
	if (r != 0)
		checkpoints_failed(c, &e);
}

/* --- the last one ------------------------------------------------------- */

static void last_over(struct checkpoints *c)
{
	if (c->last == LAST_OVER)
		return;
	c->last = LAST_OVER;
	if (c->deadline != NULL)
		event_free(c->deadline);
	c->deadline = NULL;
	c->ended(c->ended_arg);
}

/* Only with a worker that is there: nobody is waited for at the end. */
static void last_sign(struct checkpoints *c)
{
	struct broker *b = c->broker;
	struct key *k;
	struct error e;
	int r;

	c->last = LAST_SIGNED;
	if (b->recording.journal == NULL) {
		last_over(c);
		return;
	}
	r = broker_find_key(b, b->recording.settings->evidence.key, &k, &e);
	if (r == 0) {
		r = checkpoints_sign(b, k, true, &e);
		key_unref(k);
	}
	if (r != 0)
		checkpoints_failed(c, &e); /* which ends it */
	else if (!c->busy)
		checkpoints_over(c);
}

static void last_stopped(struct journal_entry *entry,
			 const struct error *failure)
{
	struct checkpoints *c = (struct checkpoints *)
		((char *)entry - offsetof(struct checkpoints, stop));

	buf_fini(&entry->event);
	if (c->last == LAST_OVER)
		return;
	if (failure != NULL) {
		last_over(c);
		return;
	}
	c->last = LAST_WAITS;
	if (!c->busy)
		last_sign(c);
}

static void last_overdue(evutil_socket_t fd, short what, void *arg)
{
	log_write(LOG_WARNING, NULL, "evidence: the last records wait for"
		  " their checkpoint until the next start");
	last_over(arg);
}

void checkpoints_last(struct broker *b, void (*ended)(void *arg), void *arg)
{
	const struct timeval tv = {
		LIMIT_LAST_CHECKPOINT_MS / 1000,
		LIMIT_LAST_CHECKPOINT_MS % 1000 * 1000,
	};
	struct recording *rec = &b->recording;
	struct checkpoints *c = &rec->checkpoints;

	if (rec->journal == NULL || rec->settings->evidence.key == NULL) {
		ended(arg);
		return;
	}
	if (c->last != LAST_NOT_YET)
		return;
	c->last = LAST_STOPPING;
	c->broker = b;
	c->ended = ended;
	c->ended_arg = arg;
	c->deadline = evtimer_new(b->base, last_overdue, c);
	if (c->deadline == NULL || evtimer_add(c->deadline, &tv) != 0) {
		last_over(c);
		return;
	}
	c->stop = (struct journal_entry){ .done = last_stopped };
	buf_init(&c->stop.event, CHECKPOINTS_STOP);
	record_plain("stop", &c->stop.event);
	recording_add(b, &c->stop);
}

bool checkpoints_own(const struct broker *b, const struct key *k)
{
	const char *uri = b->recording.settings->evidence.key;
	AUTO(uri_freep) struct uri *u = NULL;

	if (uri == NULL || uri_parse(uri, &u, NULL) != 0)
		return false;
	return uri_matches_token(u, &k->token->wire) &&
	       uri_matches_key(u, k->wire.id, k->wire.label);
}
