/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoints: those of the evidence, signed by a key on a token
 * (evidence: key in signetd.conf(5)).
 *
 * While that key is away they wait, and nothing else does: the next one then
 * stands for all records up to it.
 */
#ifndef SIGNET_BROKER_CHECKPOINTS_H
#define SIGNET_BROKER_CHECKPOINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/errand.h"
#include "broker/retry.h"
#include "evidence/journal.h"

struct broker;

/* At the end of signetd: its record, then a checkpoint of that. */
enum checkpoints_last {
	LAST_NOT_YET,
	LAST_STOPPING, /* the record is written */
	LAST_WAITS,    /* for a checkpoint that is under way */
	LAST_SIGNED,   /* is signed and written */
	LAST_OVER,
};

/* Of the recording. */
struct checkpoints {
	struct broker *broker;
	bool busy; /* one is being signed or written */
	struct errand errand;
	struct journal_entry entry;
	struct retry retry;
	enum checkpoints_last last;
	struct journal_entry stop;
	struct event *deadline;
	void (*ended)(void *arg);
	void *ended_arg;
};

/* The broker's tick: sign one if it is due. */
void checkpoints_tick(struct broker *b, int64_t now_ns);

/*
 * No request is left: record the end of signetd, and have the key on the token
 * sign it, if it is there and quick (LIMIT_LAST_CHECKPOINT_MS).  ended() is
 * called in any case, maybe before this returns; where no token signs, at once.
 */
void checkpoints_last(struct broker *b, void (*ended)(void *arg), void *arg);

/* Is that the key that signs checkpoints, and nothing else? */
bool checkpoints_own(const struct broker *b, const struct key *k);

#endif
