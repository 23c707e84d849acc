/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: does the evidence stand?  docs/PROTOCOL.evidence, section 6.
 *
 * Judges what reader.h reads, in one pass and in the memory of one record.
 * What is wrong is told, each by the record it is found at, in their order;
 * after it the pass goes on.
 */
#ifndef SIGNET_EVIDENCE_VERIFY_H
#define SIGNET_EVIDENCE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "evidence/chain.h"
#include "evidence/reader.h"

struct verify;

/*
 * What is wrong, as a word for programs: hash, form, sequence, previous,
 * missing, order, head, checkpoint, signature, stamp, item, approval,
 * certificate, file, unsigned.
 */
struct verify_failure {
	uint64_t sequence; /* the record; 0: none of them */
	const char *what;
	char text[ERROR_MESSAGE_MAX];
};

struct verify_options {
	struct slice key; /* SubjectPublicKeyInfo: the one that is trusted;
			     empty: those that the records name */
	struct slice tsa_ca; /* PEM; empty: stamps are only compared */
	bool whole; /* what no checkpoint signs is a failure, too */
	bool stamped; /* so is a checkpoint without a time stamp */
	/* A checkpoint, or a record's hash, that was kept elsewhere. */
	bool head;
	uint64_t head_sequence; /* 0: not known */
	uint8_t head_hash[CHAIN_HASH];
	void (*failed)(void *arg, const struct verify_failure *f);
	/* Now and then. */
	void (*progress)(void *arg, uint64_t sequence);
	void *arg;
};

/*
 * A key that signs checkpoints: named by a record, or, where a token signs and
 * behind an archive, by the first checkpoint that there is.
 */
struct verify_key {
	uint8_t sha256[CHAIN_HASH];
	uint64_t sequence;
	bool by_checkpoint;
};

#define VERIFY_KEYS 64u /* that one file may name */

struct verify_result {
	uint64_t first, last; /* records that were there; 0: none */
	uint8_t hash[CHAIN_HASH]; /* of the last */
	uint64_t records, items, approvals, checkpoints, stamps, certificates;
	uint64_t stamps_trusted; /* by a CA that was given */
	uint64_t unstamped; /* checkpoints that have none */
	uint64_t first_unstamped; /* the record of the first of them */
	uint64_t signed_to; /* the last record that a checkpoint covers */
	uint64_t checkpoint; /* number of the last one */
	uint8_t statement[CHAIN_HASH]; /* hash of its statement */
	uint64_t archived; /* records before first that an archive has */
	bool head_found;
	struct verify_key keys[VERIFY_KEYS];
	unsigned keys_count;
	uint64_t failures;
	struct verify_failure first_failure;
};

/* options is borrowed until verify_free().  ERR_NO_MEMORY. */
int verify_new(const struct verify_options *options, struct verify **out,
	       struct error *e) MUST_CHECK;
void verify_free(struct verify *v); /* NULL is allowed */

/*
 * The next file: archives in their order, then what follows them.  Fails only
 * where nothing can be said: ERR_NO_MEMORY, ERR_IO.
 */
int verify_file(struct verify *v, struct reader *r, struct error *e)
	MUST_CHECK;
/* There was a file that is none, or cannot be read to its end. */
void verify_broken(struct verify *v, const char *why);

/* After the last one. */
const struct verify_result *verify_end(struct verify *v);

#endif
