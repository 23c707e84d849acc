/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: what an auditor looks at who has docs/PROTOCOL.evidence, SQLite and
 * OpenSSL, and nothing of Signet.
 */
#ifndef SIGNET_CRASH_AUDIT_H
#define SIGNET_CRASH_AUDIT_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdint.h>

#include "base/attr.h"

#define AUDIT_HEX 65 /* SHA-256 as text */

struct audit {
	sqlite3 *db;
	unsigned found; /* that is wrong */
	uint64_t records;
	uint64_t checkpoints;
	/*
	 * Records with signatures, by Idempotency-Key or else by request: a
	 * list of {"sequence", "hash", "event"}.
	 */
	json_t *signed_by;
};

/* Something is wrong: says what. */
void audit_found(struct audit *a, const char *format, ...) PRINTF_LIKE(2, 3);

void audit_sha256(const void *bytes, size_t len, char out[AUDIT_HEX]);
/* A statement; ends the program where SQLite does not take it. */
sqlite3_stmt *audit_query(struct audit *a, const char *sql);
/* Its next row: false at the end. */
int audit_row(struct audit *a, sqlite3_stmt *st);

/* All records, what is kept with them, the head; fills signed_by. */
void audit_records(struct audit *a);
void audit_checkpoints(struct audit *a);
/* What clients hold; keys are files of public keys, P-256 and RSA. */
void audit_ledger(struct audit *a, const char *ledger,
		  const char *const keys[2]);

#endif
