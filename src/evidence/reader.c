/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: the file of the evidence, read from its beginning to its end.
 */
#include "evidence/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "evidence/packed.h"
#include "evidence/store.h"

/* signetd holds locks for moments only. */
#define READER_BUSY_MS 5000
/* A name in a URI: each of its bytes may take three. */
#define READER_URI (3 * LIMIT_PATH + 64)

enum statement {
	RECORDS,
	ITEMS,
	APPROVALS,
	CHECKPOINTS,
	CERTIFICATES,
	ARCHIVES,
	HEAD,
	FIND_CERTIFICATE,
	CHECKPOINT_BEFORE,
	CHECK,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[RECORDS] = "SELECT sequence, record, hash FROM records"
		    " WHERE sequence >= ?1 ORDER BY sequence",
	[ITEMS] = "SELECT sequence, item, content, signature FROM items"
		  " WHERE sequence >= ?1 ORDER BY sequence, item",
	[APPROVALS] = "SELECT sequence, approval, signature FROM approvals"
		      " WHERE sequence >= ?1 ORDER BY sequence, approval",
	[CHECKPOINTS] = "SELECT sequence, statement, signature, stamp FROM"
			" checkpoints WHERE sequence >= ?1 ORDER BY sequence",
	[CERTIFICATES] = "SELECT sha256, der FROM certificates",
	[ARCHIVES] = "SELECT first, last, hash, file, sha256 FROM archives"
		     " WHERE first >= ?1 ORDER BY first",
	[HEAD] = "SELECT sequence, hash FROM head",
	[FIND_CERTIFICATE] = "SELECT sha256, der FROM certificates"
			     " WHERE sha256 = ?1",
	[CHECKPOINT_BEFORE] = "SELECT sequence, statement, signature, stamp"
			      " FROM checkpoints WHERE sequence <= ?1"
			      " ORDER BY sequence DESC LIMIT 1",
	[CHECK] = "PRAGMA quick_check(1)",
};

struct reader {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	bool approvals; /* it has that table */
	bool resting; /* nobody wrote to it when it was opened */
	struct stat opened;
	void *unpacked; /* an archive; NULL: SQLite reads the file */
	size_t unpacked_len;
	char path[LIMIT_PATH];
};

const char *reader_path(const struct reader *r)
{
	return r->path;
}

static int reader_failed(const struct reader *r, struct error *e)
{
	int code = r->db == NULL ? SQLITE_NOMEM : sqlite3_errcode(r->db);
	const char *what = r->db == NULL ? "no memory" : sqlite3_errmsg(r->db);

	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return error_set(e, ERR_NO_MEMORY, "%s", r->path);
	case SQLITE_CANTOPEN:
	case SQLITE_BUSY:
	case SQLITE_PERM:
	case SQLITE_READONLY:
		return error_set(e, ERR_IO, "%s: %s; copy it with the files"
				 " -wal and -shm beside it to a folder that"
				 " you can write to", r->path, what);
	}
	return error_set(e, ERR_MALFORMED, "%s: %s", r->path, what);
}

/* --- rows ----------------------------------------------------------------- */

static struct slice column(sqlite3_stmt *st, int n)
{
	const void *bytes = sqlite3_column_blob(st, n);

	return slice_of(bytes, (size_t)sqlite3_column_bytes(st, n));
}

/* In UTF-8, whatever the database says that it has. */
static struct slice column_text(sqlite3_stmt *st, int n)
{
	const void *text = sqlite3_column_text(st, n);

	return slice_of(text, (size_t)sqlite3_column_bytes(st, n));
}

/* One letter a column: i(nteger), t(ext), b(lob), B(lob or NULL). */
static bool types_are(sqlite3_stmt *st, const char *types)
{
	for (int i = 0; types[i] != '\0'; i++) {
		int type = sqlite3_column_type(st, i);
		int want = types[i] == 'i' ? SQLITE_INTEGER :
			   types[i] == 't' ? SQLITE_TEXT : SQLITE_BLOB;

		if (type != want && !(types[i] == 'B' && type == SQLITE_NULL))
			return false;
	}
	return true;
}

/* Prepared when it is needed first; NULL: e says why. */
static sqlite3_stmt *reader_statement(struct reader *r, enum statement which,
				      struct error *e)
{
	sqlite3_stmt **st = &r->statements[which];

	if (*st == NULL && sqlite3_prepare_v2(r->db, sql[which], -1, st,
					      NULL) != SQLITE_OK) {
		int failed = reader_failed(r, e);

		error_prefix(e, "%s", failed == ERR_MALFORMED ?
			     "no evidence, or damaged: " : "");
		return NULL;
	}
	return *st;
}

static int reader_step(struct reader *r, enum statement which,
		       sqlite3_stmt **st, bool *found, struct error *e)
{
	int step;

	*found = false;
	*st = reader_statement(r, which, e);
	if (*st == NULL)
		return e->code;
	step = sqlite3_step(*st);
	*found = step == SQLITE_ROW;
	return *found || step == SQLITE_DONE ? 0 : reader_failed(r, e);
}

void reader_seek(struct reader *r, int64_t sequence)
{
	static const enum statement from[] = { RECORDS, ITEMS, APPROVALS,
					       CHECKPOINTS, CERTIFICATES,
					       ARCHIVES };
	struct error e;

	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		sqlite3_stmt *st = reader_statement(r, from[i], &e);

		if (st == NULL)
			continue; /* the next step tells */
		sqlite3_reset(st);
		if (sqlite3_bind_parameter_count(st) > 0)
			sqlite3_bind_int64(st, 1, sequence);
	}
}

int reader_record(struct reader *r, struct reader_record *out, bool *found,
		  struct error *e)
{
	sqlite3_stmt *st;
	int failed = reader_step(r, RECORDS, &st, found, e);

	if (failed != 0 || !*found)
		return failed;
	out->odd = !types_are(st, "itb");
	out->sequence = sqlite3_column_int64(st, 0);
	out->text = column_text(st, 1);
	out->hash = column(st, 2);
	return 0;
}

int reader_item(struct reader *r, struct reader_item *out, bool *found,
		struct error *e)
{
	sqlite3_stmt *st;
	int failed = reader_step(r, ITEMS, &st, found, e);

	if (failed != 0 || !*found)
		return failed;
	out->odd = !types_are(st, "iiBB");
	out->sequence = sqlite3_column_int64(st, 0);
	out->item = sqlite3_column_int64(st, 1);
	out->content = column(st, 2);
	out->signature = column(st, 3);
	return 0;
}

int reader_approval(struct reader *r, struct reader_approval *out, bool *found,
		    struct error *e)
{
	sqlite3_stmt *st;
	int failed;

	*found = false;
	if (!r->approvals)
		return 0;
	failed = reader_step(r, APPROVALS, &st, found, e);
	if (failed != 0 || !*found)
		return failed;
	out->odd = !types_are(st, "iib");
	out->sequence = sqlite3_column_int64(st, 0);
	out->approval = sqlite3_column_int64(st, 1);
	out->signature = column(st, 2);
	return 0;
}

static void read_checkpoint(sqlite3_stmt *st, struct reader_checkpoint *out)
{
	out->odd = !types_are(st, "itbB");
	out->sequence = sqlite3_column_int64(st, 0);
	out->statement = column_text(st, 1);
	out->signature = column(st, 2);
	out->stamp = column(st, 3);
}

int reader_checkpoint(struct reader *r, struct reader_checkpoint *out,
		      bool *found, struct error *e)
{
	sqlite3_stmt *st;
	int failed = reader_step(r, CHECKPOINTS, &st, found, e);

	if (failed == 0 && *found)
		read_checkpoint(st, out);
	return failed;
}

int reader_checkpoint_before(struct reader *r, int64_t sequence,
			     struct reader_checkpoint *out, bool *found,
			     struct error *e)
{
	sqlite3_stmt *st = reader_statement(r, CHECKPOINT_BEFORE, e);
	int failed;

	if (st == NULL)
		return e->code;
	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, sequence);
	failed = reader_step(r, CHECKPOINT_BEFORE, &st, found, e);
	if (failed == 0 && *found)
		read_checkpoint(st, out);
	return failed;
}

static void read_certificate(sqlite3_stmt *st, struct reader_certificate *out)
{
	out->odd = !types_are(st, "bb");
	out->sha256 = column(st, 0);
	out->der = column(st, 1);
}

int reader_certificate(struct reader *r, struct reader_certificate *out,
		       bool *found, struct error *e)
{
	sqlite3_stmt *st;
	int failed = reader_step(r, CERTIFICATES, &st, found, e);

	if (failed == 0 && *found)
		read_certificate(st, out);
	return failed;
}

int reader_find_certificate(struct reader *r, struct slice sha256,
			    struct reader_certificate *out, bool *found,
			    struct error *e)
{
	sqlite3_stmt *st = reader_statement(r, FIND_CERTIFICATE, e);
	int failed;

	if (st == NULL)
		return e->code;
	sqlite3_reset(st);
	sqlite3_bind_blob64(st, 1, sha256.ptr, sha256.len, SQLITE_TRANSIENT);
	failed = reader_step(r, FIND_CERTIFICATE, &st, found, e);
	if (failed == 0 && *found)
		read_certificate(st, out);
	return failed;
}

int reader_archive(struct reader *r, struct reader_archive *out, bool *found,
		   struct error *e)
{
	sqlite3_stmt *st;
	int failed = reader_step(r, ARCHIVES, &st, found, e);

	if (failed != 0 || !*found)
		return failed;
	out->odd = !types_are(st, "iibtb");
	out->first = sqlite3_column_int64(st, 0);
	out->last = sqlite3_column_int64(st, 1);
	out->hash = column(st, 2);
	out->file = (const char *)sqlite3_column_text(st, 3);
	if (out->file == NULL)
		out->file = "";
	out->sha256 = column(st, 4);
	return 0;
}

int reader_head(struct reader *r, struct reader_record *out, struct error *e)
{
	sqlite3_stmt *st = r->statements[HEAD];
	bool found;
	int failed;

	*out = (struct reader_record){ .odd = true };
	if (st != NULL)
		sqlite3_reset(st);
	failed = reader_step(r, HEAD, &st, &found, e);
	if (failed == 0 && found) {
		out->odd = !types_are(st, "ib");
		out->sequence = sqlite3_column_int64(st, 0);
		out->hash = column(st, 1);
	}
	return failed;
}

int reader_check(struct reader *r, struct error *e)
{
	struct slice said;
	sqlite3_stmt *st;
	bool found;
	int failed = reader_step(r, CHECK, &st, &found, e);

	if (failed != 0)
		return failed;
	said = found ? column_text(st, 0) : slice_str("no answer");
	if (!slice_equal(said, slice_str("ok")))
		failed = error_set(e, ERR_MALFORMED, "%s: damaged: %.*s",
				   r->path, (int)said.len,
				   (const char *)said.ptr);
	sqlite3_reset(st);
	return failed;
}

/* --- opening -------------------------------------------------------------- */

/* RFC 3986: what is no plain letter of a path is written in hexadecimal. */
static void put_uri(char *out, size_t size, const char *path, bool resting)
{
	size_t at = (size_t)snprintf(out, size, "file:");

	for (; *path != '\0' && at + 64 < size; path++) {
		unsigned char c = (unsigned char)*path;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '/' || c == '.' ||
			     c == '-' || c == '_';

		at += (size_t)snprintf(out + at, size - at,
				       plain ? "%c" : "%%%02X", c);
	}
	snprintf(out + at, size - at, "?mode=ro%s",
		 resting ? "&immutable=1" : "");
}

/* With something in its -wal, what is true is there. */
static bool wal_used(const struct reader *r)
{
	char path[LIMIT_PATH + 8];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", r->path);
	return stat(path, &st) == 0 && st.st_size > 0;
}

bool reader_stale(const struct reader *r)
{
	struct stat now;

	return r->resting &&
	       (wal_used(r) || stat(r->path, &now) != 0 ||
		now.st_size != r->opened.st_size ||
		now.st_mtim.tv_sec != r->opened.st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != r->opened.st_mtim.tv_nsec);
}

static int64_t reader_number(struct reader *r, const char *query)
{
	sqlite3_stmt *st;
	int64_t n = -1;

	if (sqlite3_prepare_v2(r->db, query, -1, &st, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* Nothing that the file brings along is run, and all reads see one state. */
static int reader_begin(struct reader *r, struct error *e)
{
	sqlite3_busy_timeout(r->db, READER_BUSY_MS);
	sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(r->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(r->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (sqlite3_exec(r->db, "PRAGMA query_only = 1;"
			 "PRAGMA cell_size_check = 1; BEGIN;"
			 "SELECT count(*) FROM sqlite_schema", NULL, NULL,
			 NULL) != SQLITE_OK)
		return reader_failed(r, e);
	if (reader_number(r, "PRAGMA application_id") != STORE_APPLICATION ||
	    reader_number(r, "PRAGMA user_version") != STORE_VERSION)
		return error_set(e, ERR_MALFORMED, "%s: no evidence of this"
				 " version of Signet, or damaged", r->path);
	r->approvals = reader_number(r, "SELECT count(*) FROM sqlite_schema"
				     " WHERE name = 'approvals'") > 0;
	return 0;
}

static int reader_database(struct reader *r, const char *path, bool resting,
			   struct error *e)
{
	char uri[READER_URI];

	put_uri(uri, sizeof(uri), path, resting);
	if (sqlite3_open_v2(uri, &r->db, SQLITE_OPEN_READONLY |
			    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return reader_failed(r, e);
	return reader_begin(r, e);
}

/* Where a database says how it is written and read: 2 is by a WAL. */
#define READER_VERSIONS 18
#define READER_HEAD 100

/* SQLite does not open memory that says it may have a WAL; it has none. */
static void without_wal(uint8_t *database)
{
	for (unsigned i = 0; i < 2; i++)
		if (database[READER_VERSIONS + i] == 2)
			database[READER_VERSIONS + i] = 1;
}

static int reader_archived(struct reader *r, struct error *e)
{
	int failed = packed_map(r->path, &r->unpacked, &r->unpacked_len, e);

	if (failed != 0)
		return failed;
	if (r->unpacked_len < READER_HEAD)
		return error_set(e, ERR_MALFORMED, "%s: no evidence, or"
				 " damaged", r->path);
	without_wal(r->unpacked);
	if (sqlite3_open_v2(":memory:", &r->db, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_deserialize(r->db, "main", r->unpacked,
				(sqlite3_int64)r->unpacked_len,
				(sqlite3_int64)r->unpacked_len,
				SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return reader_failed(r, e);
	return reader_begin(r, e);
}

static int reader_any(struct reader *r, struct error *e)
{
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);
	bool packed;

	if (fd < 0 || fstat(fd, &r->opened) != 0 ||
	    !S_ISREG(r->opened.st_mode)) {
		int failed = error_set_errno(e, ERR_IO, fd < 0 ? errno : 0,
					     "%s cannot be read", r->path);

		fd_closep(&fd);
		return failed;
	}
	packed = packed_is(fd);
	fd_closep(&fd);
	if (packed)
		return reader_archived(r, e);
	r->resting = !wal_used(r);
	return reader_database(r, r->path, r->resting, e);
}

int reader_open(const char *path, struct reader **out, struct error *e)
{
	struct reader *r = calloc(1, sizeof(*r));
	int failed;

	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	if ((size_t)snprintf(r->path, sizeof(r->path), "%s", path) >=
	    sizeof(r->path))
		failed = error_set(e, ERR_IO, "%s: the name is too long",
				   path);
	else
		failed = reader_any(r, e);
	if (failed != 0) {
		reader_close(r);
		return failed;
	}
	*out = r;
	return 0;
}

void reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(r->statements[i]);
	sqlite3_close(r->db);
	if (r->unpacked != NULL)
		munmap(r->unpacked, r->unpacked_len);
	free(r);
}
