/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: the file of the evidence, read from its beginning to its end.
 *
 * Runs in signet, also beside a signetd that writes.  What is read is one
 * state of the file.  Nothing is believed: a row is what lies there, and
 * verify.h judges.  One row is in memory at a time.
 */
#ifndef SIGNET_EVIDENCE_READER_H
#define SIGNET_EVIDENCE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;
struct reader;

/*
 * Open a database or an archive (archive.h) of it.  The database is not
 * written to; an archive is unpacked beside other temporary files.
 *
 * ERR_IO: it cannot be read.  ERR_MALFORMED: it is damaged, or no evidence.
 */
int reader_open(const char *path, struct reader **out, struct error *e)
	MUST_CHECK;
void reader_close(struct reader *r); /* NULL is allowed */

/* As it was given to reader_open(). */
const char *reader_path(const struct reader *r);

/*
 * Somebody began to write to it after it was opened as a file at rest: what
 * was read may be of no state at all.  Open it anew.
 */
bool reader_stale(const struct reader *r);

/* Of all rows: a column has another type than it was made with. */
struct reader_record {
	int64_t sequence;
	struct slice text;
	struct slice hash;
	bool odd;
};

struct reader_item {
	int64_t sequence;
	int64_t item;
	struct slice content; /* ptr is NULL: none is kept */
	struct slice signature;
	bool odd;
};

struct reader_approval {
	int64_t sequence;
	int64_t approval;
	struct slice signature;
	bool odd;
};

struct reader_checkpoint {
	int64_t sequence;
	struct slice statement;
	struct slice signature;
	struct slice stamp; /* ptr is NULL: it has none */
	bool odd;
};

struct reader_certificate {
	struct slice sha256;
	struct slice der;
	bool odd;
};

struct reader_archive {
	int64_t first, last;
	struct slice hash; /* of the last of them */
	const char *file;
	struct slice sha256;
	bool odd;
};

/* Rows from these sequences on are the next ones. */
void reader_seek(struct reader *r, int64_t sequence);

/*
 * The next row, in the order of their sequence; valid until the next one of
 * its kind.  *found: there is one.  ERR_MALFORMED: the file is damaged there.
 */
int reader_record(struct reader *r, struct reader_record *out, bool *found,
		  struct error *e) MUST_CHECK;
int reader_item(struct reader *r, struct reader_item *out, bool *found,
		struct error *e) MUST_CHECK;
/* A file that is older than the table has none. */
int reader_approval(struct reader *r, struct reader_approval *out, bool *found,
		    struct error *e) MUST_CHECK;
int reader_checkpoint(struct reader *r, struct reader_checkpoint *out,
		      bool *found, struct error *e) MUST_CHECK;
int reader_certificate(struct reader *r, struct reader_certificate *out,
		       bool *found, struct error *e) MUST_CHECK;
int reader_archive(struct reader *r, struct reader_archive *out, bool *found,
		   struct error *e) MUST_CHECK;

/* Where the file says that it ends.  hash is empty: it does not say. */
int reader_head(struct reader *r, struct reader_record *out, struct error *e)
	MUST_CHECK;

/* The certificate of that digest.  *found: there is one. */
int reader_find_certificate(struct reader *r, struct slice sha256,
			    struct reader_certificate *out, bool *found,
			    struct error *e) MUST_CHECK;

/* The last checkpoint that is not behind a record. */
int reader_checkpoint_before(struct reader *r, int64_t sequence,
			     struct reader_checkpoint *out, bool *found,
			     struct error *e) MUST_CHECK;

/*
 * Are its pages what a database is made of?  Reads all of them.
 * ERR_MALFORMED, and what is wrong first.
 */
int reader_check(struct reader *r, struct error *e) MUST_CHECK;

#endif
