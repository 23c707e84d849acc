/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judging: one record, item or checkpoint, for verify.c alone.
 */
#ifndef SIGNET_EVIDENCE_JUDGING_H
#define SIGNET_EVIDENCE_JUDGING_H

#include <jansson.h>

#include "base/buf.h"
#include "evidence/verify.h"

struct verify {
	const struct verify_options *o;
	struct verify_result result;
	struct buf scratch;

	/* The chain: the last record, by its bytes and by its column. */
	uint64_t sequence;
	bool linked; /* these are known */
	uint8_t hash[CHAIN_HASH];
	uint8_t column[CHAIN_HASH];
	bool stopped; /* it is signetd's end */

	/* Checkpoints: the next one may name its key; the last one. */
	bool key_open;
	uint64_t number;
	uint8_t statement[CHAIN_HASH];

	/* What the file says in front of its first record. */
	uint64_t archive_last; /* 0: it has no archives */
	uint8_t archive_hash[CHAIN_HASH];
	uint64_t before_sequence; /* of the last checkpoint there */
	uint8_t before_hash[CHAIN_HASH];

	struct reader *r;
	bool begun;   /* a file's first record was there */
	bool started; /* this file's was */
	struct reader_item item;
	bool has_item;
	struct reader_approval approval;
	bool has_approval;
	struct reader_checkpoint checkpoint;
	bool has_checkpoint;

	json_t *event; /* of the last record; NULL: it could not be read */
	uint64_t items_done, approvals_done;
	uint8_t certificate[CHAIN_HASH]; /* the last one that was looked up */
};

void judging_failed(struct verify *v, uint64_t sequence, const char *what,
		    const char *format, ...) PRINTF_LIKE(4, 5);

/* These fail only where nothing can be judged. */
int judging_record(struct verify *v, const struct reader_record *rec,
		   struct error *e) MUST_CHECK;

/* The items of the last record, in their order. */
void judging_items_begin(struct verify *v);
void judging_item(struct verify *v, const struct reader_item *item);
void judging_items_end(struct verify *v);

/* What was signed to agree to it, the same. */
void judging_approvals_begin(struct verify *v);
void judging_approval(struct verify *v, const struct reader_approval *row);
void judging_approvals_end(struct verify *v);

enum judging_place {
	JUDGING_RECORD, /* it is of the last record */
	JUDGING_BEFORE, /* of one that is in an archive */
	JUDGING_ALONE,	/* of one that is not there */
};
int judging_checkpoint(struct verify *v, const struct reader_checkpoint *c,
		       enum judging_place place, struct error *e) MUST_CHECK;

#endif
