/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writing: the journal's thread, for journal.c alone.
 */
#ifndef SIGNET_EVIDENCE_WRITING_H
#define SIGNET_EVIDENCE_WRITING_H

#include <pthread.h>

#include "evidence/backfill.h"
#include "evidence/checkpoint.h"
#include "evidence/journal.h"

struct entries {
	struct journal_entry *first;
	struct journal_entry **last;
	uint64_t count;
};

void entries_init(struct entries *l);
void entries_add(struct entries *l, struct journal_entry *entry);
struct journal_entry *entries_pop(struct entries *l); /* NULL: none */
/* All of from behind all of to. */
void entries_move(struct entries *to, struct entries *from);

/* Certificates that were stored since the start: not stored again. */
#define JOURNAL_CERTIFICATES 64u

struct journal {
	struct entries fresh; /* of this turn of the loop */
	int eventfd;
	pthread_t thread;
	bool running;
	unsigned checkpoint_records;
	int64_t checkpoint_ns;
	struct checkpoint_key *key; /* NULL: a token signs */

	/* Of the thread. */
	struct store *store;
	struct backfill *backfill;
	struct chain head;
	struct store_checkpoint last;
	struct buf record;
	struct entries kept; /* notes that wait for the disk */
	uint64_t lost_now;   /* taken from lost, to be recorded */
	int64_t unsigned_since; /* record after the last checkpoint */
	uint8_t certificates[JOURNAL_CERTIFICATES][CHAIN_HASH];
	unsigned certificates_count;

	pthread_mutex_t reader_lock;
	struct store *reader;

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work;
	struct entries todo;
	struct entries done;
	bool stop;
	bool due; /* a checkpoint, by a token */
	uint64_t lost;
	uint64_t in_hand;
	int64_t oldest_ns;
	struct error broken; /* code 0: it can be written */
	struct chain told_head;
	struct store_checkpoint told_last;
	int64_t told_unsigned; /* as unsigned_since */
	struct journal_stats stats;
};

void *writing_thread(void *journal);

#endif
