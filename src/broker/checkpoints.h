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

/* Of the recording. */
struct checkpoints {
	struct broker *broker;
	bool busy; /* one is being signed or written */
	struct errand errand;
	struct journal_entry entry;
	struct retry retry;
};

/* The broker's tick: sign one if it is due. */
void checkpoints_tick(struct broker *b, int64_t now_ns);

/* Is that the key that signs checkpoints, and nothing else? */
bool checkpoints_own(const struct broker *b, const struct key *k);

#endif
