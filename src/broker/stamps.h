/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamps: time stamps of the checkpoints (evidence: tsa in signetd.conf(5)).
 *
 * One after the other, in their order, also those of before the start;
 * signet-stamp asks the authority.  Nothing waits for them.
 */
#ifndef SIGNET_BROKER_STAMPS_H
#define SIGNET_BROKER_STAMPS_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/compute.h"
#include "broker/retry.h"
#include "broker/worker.h"
#include "evidence/journal.h"

struct broker;

/* Of the recording. */
struct stamps {
	struct broker *broker;
	bool busy;	      /* looking, asking or writing */
	bool pending;	      /* there may be one without */
	uint64_t looked;      /* at so many checkpoints */
	uint64_t from;	      /* all before this record have theirs */
	uint64_t waiting;     /* record of the first without; 0: none known */
	uint64_t made;	      /* since the start */
	struct compute_job look;
	struct error look_failure;
	struct buf what;      /* the checkpoint's signature */
	struct worker *worker; /* signet-stamp; NULL: none now */
	struct worker_call call;
	struct journal_entry entry;
	struct retry retry;
};

/* The broker's tick. */
void stamps_tick(struct broker *b, int64_t now_ns);

/* Ends signet-stamp; nothing is called back any more. */
void stamps_stop(struct broker *b);

#endif
