/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: the SQLite file of the evidence (docs/PROTOCOL.evidence, section 1).
 *
 * For one thread at a time.  Everything between store_begin() and
 * store_commit() is on the disk when that returns, or not there at all.
 */
#ifndef SIGNET_EVIDENCE_STORE_H
#define SIGNET_EVIDENCE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "evidence/chain.h"

#define STORE_APPLICATION 1397311092 /* "SIGt" */
#define STORE_VERSION 1

/* Makes the tables in an empty database. */
extern const char store_schema_sql[];
/* The tables that came later, in a database that may have them. */
extern const char store_schema_added_sql[];

struct error;
struct store;

/* The last signed head. */
struct store_checkpoint {
	uint64_t number;   /* 0: there is none */
	uint64_t sequence; /* of its record */
	uint8_t hash[CHAIN_HASH]; /* of its statement */
};

/*
 * Open it, and make it (0600, with its folders 0700) where it is not there;
 * one process may have it open to write.  max_bytes (0: no bound) is what the
 * database may grow to.  head and last are what is in it.
 *
 * ERR_NOT_DURABLE: it cannot be used, is another's, is no such file, or does
 * not end as it says.
 */
int store_open(const char *path, uint64_t max_bytes, struct store **out,
	       struct chain *head, struct store_checkpoint *last,
	       struct error *e) MUST_CHECK;
/* The same file once more, for store_find_answer(), store_unstamped() and
 * store_backfill(). */
int store_open_reader(const char *path, struct store **out, struct error *e)
	MUST_CHECK;
void store_close(struct store *s); /* NULL is allowed */

/* All below: ERR_NOT_DURABLE, and the transaction is to be given up. */
int store_begin(struct store *s, struct error *e) MUST_CHECK;
int store_commit(struct store *s, struct error *e) MUST_CHECK;
void store_rollback(struct store *s);

int store_record(struct store *s, const struct chain *at, struct slice record,
		 struct error *e) MUST_CHECK;
/* Empty slices are not kept. */
int store_item(struct store *s, uint64_t sequence, unsigned item,
	       struct slice content, struct slice signature, struct error *e)
	MUST_CHECK;
int store_approval(struct store *s, uint64_t sequence, unsigned approval,
		   struct slice signature, struct error *e) MUST_CHECK;
/* Nothing happens when it is there. */
int store_certificate(struct store *s, const uint8_t *sha256, struct slice der,
		      struct error *e) MUST_CHECK;
int store_head(struct store *s, const struct chain *head, struct error *e)
	MUST_CHECK;
int store_checkpoint(struct store *s, uint64_t sequence,
		     struct slice statement, struct slice signature,
		     struct error *e) MUST_CHECK;
/* The time stamp of the checkpoint at that record. */
int store_stamp(struct store *s, uint64_t sequence, struct slice stamp,
		struct error *e) MUST_CHECK;
/*
 * The first checkpoint without a stamp, from that sequence on: its signature,
 * into out.  *sequence is 0 when there is none.
 */
int store_unstamped(struct store *s, uint64_t from, uint64_t *sequence,
		    struct buf *out, struct error *e) MUST_CHECK;

/* Pages in the WAL, as of the last commit. */
unsigned store_wal_pages(const struct store *s);
/*
 * Move what nobody reads any more of the WAL into the database, and have both
 * on the disk; when all of it was moved, the next transaction starts it anew.
 * Waits for no other connection, and holds up none.
 */
void store_backfill(struct store *s);

/* What an Idempotency-Key has got. */
struct store_answer {
	uint32_t uid;
	const char *origin; /* "" for a program */
	const char *key;
	uint8_t digest[CHAIN_HASH]; /* of the request */
	unsigned status; /* HTTP */
	struct buf body; /* without its last part: record and hash */
	int64_t expires; /* seconds since 1970 */
	uint64_t sequence; /* of the record; set by the journal */
	uint8_t hash[CHAIN_HASH];
};

int store_answer(struct store *s, const struct store_answer *a,
		 struct error *e) MUST_CHECK;
/*
 * Fills in the rest of a by uid, origin and key.  *found: there is one that
 * has not expired.
 */
int store_find_answer(struct store *s, struct store_answer *a, int64_t now,
		      bool *found, struct error *e) MUST_CHECK;
/* Forget the answers that have expired. */
int store_expire(struct store *s, int64_t now, struct error *e) MUST_CHECK;

/* Is there room for a request's record?  Writes it, and takes it out again. */
int store_probe(struct store *s, struct error *e) MUST_CHECK;

/* Bytes that the file has, without pages that are free. */
uint64_t store_bytes(struct store *s);

#endif
