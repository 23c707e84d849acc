/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive: old records moved to a compressed file of their own.
 *
 * Runs in signet, also beside a signetd that writes.  The file is a database
 * as the evidence would be if it ended there (docs/PROTOCOL.evidence, section
 * 7), in gzip, and is verified before anything is deleted: at each moment a
 * record is in one of the two at least.
 */
#ifndef SIGNET_EVIDENCE_ARCHIVE_H
#define SIGNET_EVIDENCE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"

struct error;

struct archive_order {
	const char *path;   /* of the evidence */
	const char *folder; /* where the archive goes; NULL: beside it */
	/* Which records stay: those of this time (seconds since 1970) and
	 * later, and the last ones of this number. */
	bool has_before;
	int64_t before;
	uint64_t keep;
};

struct archive_result {
	char file[LIMIT_PATH]; /* "": nothing was to be moved */
	uint64_t first, last;
	uint64_t finished_to; /* an interrupted one was finished; 0: none */
};

/*
 * ERR_IO, ERR_NOT_DURABLE: files or the database cannot be written;
 * ERR_MALFORMED: what is to be moved does not verify, and stays.
 */
int archive_run(const struct archive_order *order, struct archive_result *out,
		struct error *e) MUST_CHECK;

/*
 * All of path verifies by itself, and is these records: hash[32] is that of
 * the last.  ERR_MALFORMED: it does not, or is not; ERR_IO, ERR_NO_MEMORY.
 */
int archive_verify(const char *path, uint64_t first, uint64_t last,
		   uint8_t *hash, struct error *e) MUST_CHECK;

#endif
