/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement: what a checkpoint says, read back (docs/PROTOCOL.evidence,
 * section 5).  checkpoint.h makes it.
 */
#ifndef SIGNET_EVIDENCE_STATEMENT_H
#define SIGNET_EVIDENCE_STATEMENT_H

#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/slice.h"
#include "evidence/chain.h"

struct error;
struct format_alg;

#define STATEMENT_MAX (8u * 1024) /* bytes: a key of LIMIT_SPKI fits in */

struct statement {
	uint64_t number;   /* 1, 2, 3, ... */
	uint64_t sequence; /* of the record */
	uint8_t hash[CHAIN_HASH]; /* of that */
	uint8_t previous[CHAIN_HASH]; /* of the statement before */
	char time[CHAIN_TIME_SIZE];
	const struct format_alg *algorithm;
	uint8_t key[LIMIT_SPKI]; /* SubjectPublicKeyInfo */
	size_t key_len;
};

/* ERR_MALFORMED: what it is not. */
int statement_parse(struct slice text, struct statement *out, struct error *e)
	MUST_CHECK;

/* Is signature one of text by s->key?  ERR_BAD_SIGNATURE: it is not. */
int statement_check(const struct statement *s, struct slice text,
		    struct slice signature, struct error *e) MUST_CHECK;

#endif
