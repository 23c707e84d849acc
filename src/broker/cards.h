/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cards: which module serves the card in which reader.
 *
 * A card that is put in is offered to the modules that have a worker a reader,
 * in the order of the configuration; the first that finds a token there has
 * it, so no card is shown twice.  A card that goes takes its worker along.
 *
 * What is done about a worker that does not come up: a new one, by the shard's
 * growing pause; after CARDS_FAILURES of them the reader is reset, at most once
 * in CARDS_RESET_S; and while pcscd does not run there are no cards at all.
 * None of this tries a PIN.
 */
#ifndef SIGNET_BROKER_CARDS_H
#define SIGNET_BROKER_CARDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/limits.h"
#include "broker/readers.h"

struct broker;
struct cards;
struct module;

enum card_state {
	CARD_TRYING,  /* a module's first worker for it is starting */
	CARD_SERVED,  /* module has tokens on it */
	CARD_FAILING, /* module's workers end; another start is set */
	CARD_UNKNOWN, /* no module finds a token on it */
};

struct card {
	char reader[LIMIT_LABEL];
	enum card_state state;
	struct module *module;	/* NULL when unknown */
	struct error error;	/* of FAILING and UNKNOWN: why */
	unsigned resets;	/* of the reader, for this card */
	int64_t reset_ns;	/* the last one */
	int64_t retry_ns;	/* of UNKNOWN: when it is offered again */
	unsigned retry_ms;	/* the pause before that */
};

/* ERR_NO_MEMORY; without PC/SC there are simply no cards. */
int cards_new(struct broker *b, struct cards **out, struct error *e)
	MUST_CHECK;
void cards_free(struct cards *c); /* NULL is allowed */

/* The readers are known, and each card was offered to who may know it. */
bool cards_settled(const struct cards *c);

/* There are other modules now: cards that lost theirs are offered anew. */
void cards_restart(struct cards *c);

/* What the modules tell, see module_owner. */
void cards_ready(struct cards *c, struct module *m, const char *reader,
		 unsigned tokens);
void cards_failed(struct cards *c, struct module *m, const char *reader,
		  unsigned failures, const struct error *why);

/* A child has ended: true when it was a reset. */
bool cards_reaped(struct cards *c, pid_t pid);

/* For GET /v1/status. */
const struct readers *cards_readers(const struct cards *c);
const struct card *cards_find(const struct cards *c, const char *reader);
const char *card_state_name(enum card_state state);

#endif
