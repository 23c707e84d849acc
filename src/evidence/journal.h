/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal: what is recorded, durable before anybody hears of it.
 *
 * Runs in signetd, with a thread of its own that writes: the loop hands
 * entries over and goes on; those that came while a group was being written
 * are the next group, with one fsync.  Everything here is called in the loop
 * but for journal_find_answer().
 */
#ifndef SIGNET_EVIDENCE_JOURNAL_H
#define SIGNET_EVIDENCE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/histogram.h"
#include "evidence/chain.h"
#include "evidence/store.h"

struct journal;

struct journal_options {
	const char *file;	    /* absolute */
	const char *key_file;	    /* of checkpoints; NULL: a token signs */
	unsigned checkpoint_records;
	unsigned checkpoint_seconds;
	uint64_t max_bytes;	    /* 0: no bound */
};

/* The supervisor's and the signer's. */
#define JOURNAL_APPROVALS 2u

/* What is kept with an item of a record. */
struct journal_item {
	struct slice content;
	struct slice signature;
};

/* Embedded in whatever waits for it.  All that it points to has to stay. */
struct journal_entry {
	/* One of: an event, ... */
	struct buf event;
	const struct journal_item *items;
	unsigned count;
	struct slice certificate; /* DER, may be empty */
	const uint8_t *certificate_sha256;
	const struct slice *chain; /* its issuers */
	size_t chain_len;
	struct slice approvals[JOURNAL_APPROVALS]; /* JWS; empty: not kept */
	struct store_answer *answer; /* NULL: no Idempotency-Key */
	/* ... a checkpoint that a token signed, or a time stamp of one. */
	uint64_t sequence; /* its record; 0: this is an event */
	struct buf statement; /* empty: signature is a stamp */
	struct buf signature;
	/* In the loop.  failure is NULL when it is on the disk. */
	void (*done)(struct journal_entry *entry, const struct error *failure);
	struct chain at; /* of an event that is on the disk */
	/* Of the journal. */
	bool note;
	struct error failure;
	struct journal_entry *next;
};

/* Starts the thread.  ERR_NOT_DURABLE, ERR_NO_MEMORY, ERR_IO. */
int journal_open(const struct journal_options *o, struct journal **out,
		 struct error *e) MUST_CHECK;

/*
 * Writes what was handed over, signs the end, joins the thread, calls done()
 * of what is left.  NULL is allowed.
 */
void journal_close(struct journal *j);

/* Readable when there is something for journal_collect(), which calls done. */
int journal_fd(const struct journal *j);
void journal_collect(struct journal *j);

/* Hand one over; done() is called once, later. */
void journal_add(struct journal *j, struct journal_entry *entry);

/*
 * Record an event that nobody waits for.  Takes its bytes, which leaves it
 * empty.  Kept while the disk is full, up to LIMIT_EVIDENCE_WAITING.
 */
void journal_note(struct journal *j, struct buf *event);

/* All that was added in this turn of the loop: let the thread begin. */
void journal_flush(struct journal *j);

/* 0, or ERR_NOT_DURABLE and why nothing can be recorded now. */
int journal_able(struct journal *j, struct error *e) MUST_CHECK;

/* Public key of checkpoints (SubjectPublicKeyInfo); empty: a token signs. */
struct slice journal_public(const struct journal *j);

/*
 * Where a token signs: is a checkpoint due, or, with last, is there any record
 * behind the last one?  Then its statement is put into out, and sequence is its
 * record's.
 */
bool journal_due(struct journal *j, bool last, struct slice public,
		 const char *algorithm, struct buf *out, uint64_t *sequence);

/* As store_unstamped(). */
int journal_unstamped(struct journal *j, uint64_t from, uint64_t *sequence,
		      struct buf *out, struct error *e) MUST_CHECK;

/* As store_find_answer(); in any thread. */
int journal_find_answer(struct journal *j, struct store_answer *a, int64_t now,
			bool *found, struct error *e) MUST_CHECK;

struct journal_stats {
	uint64_t records;	/* written since the start */
	uint64_t groups;	/* transactions */
	uint64_t failures;	/* of them */
	uint64_t lost;		/* notes that found no place */
	uint64_t pending;	/* entries that wait */
	int64_t oldest_pending_ns; /* how long the oldest waits; 0: none */
	struct histogram fsync; /* of commits */
	uint64_t bytes;		/* of the file that are in use */
	uint64_t bytes_limit;	/* 0: none */
	uint64_t last_sequence;
	uint64_t checkpoint_sequence; /* of the last one */
	uint64_t checkpoints;
	bool checkpoint_due;	/* a token is to sign one */
	int64_t unsigned_ns;	/* how long the oldest record behind it waits */
};
void journal_stats(struct journal *j, struct journal_stats *out);

#endif
