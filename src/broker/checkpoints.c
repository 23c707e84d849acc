/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoints: those of the evidence, signed by a key on a token.
 */
#include "broker/checkpoints.h"

#include "base/limits.h"
#include "broker/broker.h"
#include "broker/uri.h"

/* A statement has a public key and some digests. */
#define CHECKPOINTS_STATEMENT (2 * LIMIT_SPKI + 1024)

/* Between two attempts, at most. */
#define CHECKPOINTS_RETRY_MS 30000u

static void checkpoints_over(struct checkpoints *c)
{
	errand_fini(&c->errand);
	buf_fini(&c->entry.statement);
	buf_fini(&c->entry.signature);
	c->busy = false;
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

static int checkpoints_sign(struct broker *b, struct key *k, struct error *e)
{
	struct checkpoints *c = &b->recording.checkpoints;
	const struct format_alg *alg = format_alg_default(k->wire.type,
							  k->wire.curve);
	int r;

	c->entry = (struct journal_entry){ .done = checkpoints_written };
	buf_init(&c->entry.statement, CHECKPOINTS_STATEMENT);
	buf_init(&c->entry.signature, LIMIT_SIGNATURE);
	if (!journal_due(b->recording.journal, k->wire.spki,
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
		r = checkpoints_sign(b, k, &e);
		key_unref(k);
	}
	if (r != 0)
		checkpoints_failed(c, &e);
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
