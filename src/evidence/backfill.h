/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backfill: moves what SQLite's WAL has into the database, in a thread.
 *
 * It takes tens of milliseconds of the disk, in which no group could be
 * committed if the journal's thread did it.  The WAL starts anew only when all
 * of it has been moved, and records go on meanwhile: so the journal's thread
 * moves the rest, which is short.  (SQLite: "Write-Ahead Logging",
 * "Checkpointing"; a checkpoint is something else here.)
 */
#ifndef SIGNET_EVIDENCE_BACKFILL_H
#define SIGNET_EVIDENCE_BACKFILL_H

#include <stdbool.h>

#include "base/attr.h"

struct backfill;
struct error;

/* For that database, which is open.  ERR_NOT_DURABLE, ERR_NO_MEMORY. */
int backfill_start(const char *path, struct backfill **out, struct error *e)
	MUST_CHECK;
void backfill_stop(struct backfill *b); /* waits for it; NULL is allowed */

/* Begin, unless it is at it.  Does not wait. */
void backfill_begin(struct backfill *b);
/* Has it come to an end?  Says so once for each. */
bool backfill_ended(struct backfill *b) MUST_CHECK;

#endif
