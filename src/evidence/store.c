/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: the SQLite file of the evidence.
 */
#include "evidence/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/folder.h"
#include "base/limits.h"

/* `signet evidence archive` may delete for a moment. */
#define STORE_BUSY_MS 5000
/*
 * Bytes of a page, in a database that is made: a commit writes some ten pages
 * whatever it records, and each costs two calls; larger ones hold up a lonely
 * request, which fills none.
 */
#define STORE_PAGE 8192
enum statement {
	ADD_RECORD,
	ADD_ITEM,
	ADD_APPROVAL,
	ADD_CERTIFICATE,
	SET_HEAD,
	ADD_CHECKPOINT,
	SET_STAMP,
	FIND_UNSTAMPED,
	ADD_ANSWER,
	FIND_ANSWER,
	EXPIRE,
	PROBE,
	BEGIN,
	COMMIT,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[ADD_RECORD] = "INSERT INTO records VALUES (?1, ?2, ?3)",
	[ADD_ITEM] = "INSERT INTO items VALUES (?1, ?2, ?3, ?4)",
	[ADD_APPROVAL] = "INSERT INTO approvals VALUES (?1, ?2, ?3)",
	[ADD_CERTIFICATE] =
		"INSERT OR IGNORE INTO certificates VALUES (?1, ?2)",
	[SET_HEAD] = "UPDATE head SET sequence = ?1, hash = ?2",
	[ADD_CHECKPOINT] = "INSERT INTO checkpoints VALUES (?1, ?2, ?3, NULL)",
	[SET_STAMP] = "UPDATE checkpoints SET stamp = ?2 WHERE sequence = ?1",
	[FIND_UNSTAMPED] = "SELECT sequence, signature FROM checkpoints WHERE"
			   " sequence >= ?1 AND stamp IS NULL"
			   " ORDER BY sequence LIMIT 1",
	[ADD_ANSWER] = "INSERT OR REPLACE INTO answers VALUES"
		       " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[FIND_ANSWER] = "SELECT digest, status, body, expires, sequence, hash"
			" FROM answers WHERE uid = ?1 AND origin = ?2 AND"
			" key = ?3 AND expires > ?4",
	[EXPIRE] = "DELETE FROM answers WHERE expires <= ?1",
	[PROBE] = "INSERT OR REPLACE INTO answers VALUES (-1, '', '', x'', 0,"
		  " zeroblob(65536), 0, 0, x'')",
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	int lock;
	unsigned wal_pages;
	char path[LIMIT_PATH];
};

static int store_failed(const struct store *s, struct error *e)
{
	int code = s->db == NULL ? SQLITE_NOMEM : sqlite3_errcode(s->db);
	const char *what = s->db == NULL ? "no memory" : sqlite3_errmsg(s->db);

	if (code == SQLITE_FULL)
		return error_set(e, ERR_NOT_DURABLE, "%s: no room on the disk,"
				 " or evidence: limit is reached: make room, or"
				 " run: signet evidence archive", s->path);
	return error_set(e, ERR_NOT_DURABLE, "%s: %s", s->path, what);
}

/* --- statements ----------------------------------------------------------- */

static void bind_slice(sqlite3_stmt *st, int n, struct slice s)
{
	if (s.len == 0)
		sqlite3_bind_null(st, n);
	else
		sqlite3_bind_blob64(st, n, s.ptr, s.len, SQLITE_STATIC);
}

static int store_run(struct store *s, enum statement which, struct error *e)
{
	sqlite3_stmt *st = s->statements[which];
	int r = sqlite3_step(st) == SQLITE_DONE ? 0 : store_failed(s, e);

	sqlite3_reset(st);
	return r;
}

int store_begin(struct store *s, struct error *e)
{
	return store_run(s, BEGIN, e);
}

int store_commit(struct store *s, struct error *e)
{
	return store_run(s, COMMIT, e);
}

void store_rollback(struct store *s)
{
	if (sqlite3_get_autocommit(s->db) == 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_record(struct store *s, const struct chain *at, struct slice record,
		 struct error *e)
{
	sqlite3_stmt *st = s->statements[ADD_RECORD];

	sqlite3_bind_int64(st, 1, (sqlite3_int64)at->sequence);
	sqlite3_bind_text64(st, 2, (const char *)record.ptr, record.len,
			    SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_blob(st, 3, at->hash, CHAIN_HASH, SQLITE_STATIC);
	return store_run(s, ADD_RECORD, e);
}

int store_item(struct store *s, uint64_t sequence, unsigned item,
	       struct slice content, struct slice signature, struct error *e)
{
	sqlite3_stmt *st = s->statements[ADD_ITEM];

	sqlite3_bind_int64(st, 1, (sqlite3_int64)sequence);
	sqlite3_bind_int64(st, 2, item);
	bind_slice(st, 3, content);
	bind_slice(st, 4, signature);
	return store_run(s, ADD_ITEM, e);
}

int store_approval(struct store *s, uint64_t sequence, unsigned approval,
		   struct slice signature, struct error *e)
{
	sqlite3_stmt *st = s->statements[ADD_APPROVAL];

	sqlite3_bind_int64(st, 1, (sqlite3_int64)sequence);
	sqlite3_bind_int64(st, 2, approval);
	bind_slice(st, 3, signature);
	return store_run(s, ADD_APPROVAL, e);
}

int store_certificate(struct store *s, const uint8_t *sha256, struct slice der,
		      struct error *e)
{
	sqlite3_stmt *st = s->statements[ADD_CERTIFICATE];

	sqlite3_bind_blob(st, 1, sha256, CHAIN_HASH, SQLITE_STATIC);
	bind_slice(st, 2, der);
	return store_run(s, ADD_CERTIFICATE, e);
}

int store_head(struct store *s, const struct chain *head, struct error *e)
{
	sqlite3_stmt *st = s->statements[SET_HEAD];

	sqlite3_bind_int64(st, 1, (sqlite3_int64)head->sequence);
	sqlite3_bind_blob(st, 2, head->hash, CHAIN_HASH, SQLITE_STATIC);
	return store_run(s, SET_HEAD, e);
}

int store_checkpoint(struct store *s, uint64_t sequence,
		     struct slice statement, struct slice signature,
		     struct error *e)
{
	sqlite3_stmt *st = s->statements[ADD_CHECKPOINT];

	sqlite3_bind_int64(st, 1, (sqlite3_int64)sequence);
	sqlite3_bind_text64(st, 2, (const char *)statement.ptr, statement.len,
			    SQLITE_STATIC, SQLITE_UTF8);
	bind_slice(st, 3, signature);
	return store_run(s, ADD_CHECKPOINT, e);
}

int store_stamp(struct store *s, uint64_t sequence, struct slice stamp,
		struct error *e)
{
	sqlite3_stmt *st = s->statements[SET_STAMP];

	sqlite3_bind_int64(st, 1, (sqlite3_int64)sequence);
	bind_slice(st, 2, stamp);
	return store_run(s, SET_STAMP, e);
}

/* Borrowed from the statement, until it is reset. */
static struct slice column(sqlite3_stmt *st, int n)
{
	const void *bytes = sqlite3_column_blob(st, n);

	return slice_of(bytes, (size_t)sqlite3_column_bytes(st, n));
}

static void column_hash(sqlite3_stmt *st, int n, uint8_t *out)
{
	struct slice hash = column(st, n);

	memset(out, 0, CHAIN_HASH);
	if (hash.len == CHAIN_HASH)
		memcpy(out, hash.ptr, CHAIN_HASH);
}

int store_unstamped(struct store *s, uint64_t from, uint64_t *sequence,
		    struct buf *out, struct error *e)
{
	sqlite3_stmt *st = s->statements[FIND_UNSTAMPED];
	int step, r = 0;

	sqlite3_bind_int64(st, 1, (sqlite3_int64)from);
	step = sqlite3_step(st);
	*sequence = 0;
	if (step == SQLITE_ROW) {
		*sequence = (uint64_t)sqlite3_column_int64(st, 0);
		buf_put_slice(out, column(st, 1));
		r = buf_error(out);
	} else if (step != SQLITE_DONE) {
		r = store_failed(s, e);
	}
	sqlite3_reset(st);
	return r;
}

static void bind_answer(sqlite3_stmt *st, const struct store_answer *a)
{
	sqlite3_bind_int64(st, 1, a->uid);
	sqlite3_bind_text(st, 2, a->origin, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, a->key, -1, SQLITE_STATIC);
}

int store_answer(struct store *s, const struct store_answer *a,
		 struct error *e)
{
	sqlite3_stmt *st = s->statements[ADD_ANSWER];

	bind_answer(st, a);
	sqlite3_bind_blob(st, 4, a->digest, CHAIN_HASH, SQLITE_STATIC);
	sqlite3_bind_int64(st, 5, a->status);
	bind_slice(st, 6, buf_slice(&a->body));
	sqlite3_bind_int64(st, 7, a->expires);
	sqlite3_bind_int64(st, 8, (sqlite3_int64)a->sequence);
	sqlite3_bind_blob(st, 9, a->hash, CHAIN_HASH, SQLITE_STATIC);
	return store_run(s, ADD_ANSWER, e);
}

int store_find_answer(struct store *s, struct store_answer *a, int64_t now,
		      bool *found, struct error *e)
{
	sqlite3_stmt *st = s->statements[FIND_ANSWER];
	int step, r = 0;

	bind_answer(st, a);
	sqlite3_bind_int64(st, 4, now);
	step = sqlite3_step(st);
	*found = step == SQLITE_ROW;
	if (*found) {
		column_hash(st, 0, a->digest);
		a->status = (unsigned)sqlite3_column_int(st, 1);
		buf_put_slice(&a->body, column(st, 2));
		a->expires = sqlite3_column_int64(st, 3);
		a->sequence = (uint64_t)sqlite3_column_int64(st, 4);
		column_hash(st, 5, a->hash);
		if (buf_error(&a->body) != 0)
			r = error_set(e, buf_error(&a->body), "the answer that"
				      " is kept is too large");
	} else if (step != SQLITE_DONE) {
		r = store_failed(s, e);
	}
	sqlite3_reset(st);
	return r;
}

int store_expire(struct store *s, int64_t now, struct error *e)
{
	sqlite3_bind_int64(s->statements[EXPIRE], 1, now);
	return store_run(s, EXPIRE, e);
}

int store_probe(struct store *s, struct error *e)
{
	int r = store_begin(s, e);

	if (r == 0)
		r = store_run(s, PROBE, e);
	if (r == 0)
		r = store_commit(s, e);
	return r != 0 ? r : store_expire(s, 0, e);
}

/* --- opening -------------------------------------------------------------- */

static int64_t store_number(struct store *s, const char *query)
{
	sqlite3_stmt *st;
	int64_t n = 0;

	if (sqlite3_prepare_v2(s->db, query, -1, &st, NULL) != SQLITE_OK)
		return 0;
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* Called with each commit.  One's own takes the place of SQLite's, which would
 * move them at once. */
static int store_wal_grown(void *store, sqlite3 *db, const char *name,
			   int pages)
{
	struct store *s = store;

	s->wal_pages = (unsigned)pages;
	return SQLITE_OK;
}

unsigned store_wal_pages(const struct store *s)
{
	return s->wal_pages;
}

/* What fails is tried again with the next one: the WAL keeps it. */
void store_backfill(struct store *s)
{
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
				  NULL);
}

/* Of what was made by another version, another than STORE_PAGE. */
static uint64_t store_page(struct store *s)
{
	int64_t size = store_number(s, "PRAGMA page_size");

	return size > 0 ? (uint64_t)size : STORE_PAGE;
}

uint64_t store_bytes(struct store *s)
{
	int64_t pages = store_number(s, "PRAGMA page_count") -
			store_number(s, "PRAGMA freelist_count");

	return (uint64_t)pages * store_page(s);
}

/* A file beside it: closing any descriptor of its own would end SQLite's. */
static int store_lock(struct store *s, struct error *e)
{
	char path[LIMIT_PATH + 8];

	snprintf(path, sizeof(path), "%s.lock", s->path);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		return error_set_errno(e, ERR_NOT_DURABLE, errno, "%s", path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		return error_set(e, ERR_NOT_DURABLE, "%s: another signetd"
				 " writes to it; give each its own: state in"
				 " signetd.yaml", s->path);
	return 0;
}

static int store_schema(struct store *s, struct error *e)
{
	int64_t version = store_number(s, "PRAGMA user_version");
	int64_t application = store_number(s, "PRAGMA application_id");
	bool empty = store_number(s, "SELECT count(*) FROM sqlite_schema") == 0;

	if (sqlite3_errcode(s->db) != SQLITE_OK &&
	    sqlite3_errcode(s->db) != SQLITE_DONE)
		return store_failed(s, e);
	if (empty && sqlite3_exec(s->db, store_schema_sql, NULL, NULL, NULL) !=
		     SQLITE_OK)
		return store_failed(s, e);
	if (!empty && (application != STORE_APPLICATION ||
		       version != STORE_VERSION))
		return error_set(e, ERR_NOT_DURABLE, "%s: not written by this"
				 " version of Signet (application %lld, version"
				 " %lld)", s->path, (long long)application,
				 (long long)version);
	return sqlite3_exec(s->db, store_schema_added_sql, NULL, NULL, NULL) ==
	       SQLITE_OK ? 0 : store_failed(s, e);
}

static int store_prepare(struct store *s, struct error *e)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &s->statements[i], NULL) != SQLITE_OK)
			return store_failed(s, e);
	return 0;
}

static int store_database(struct store *s, uint64_t max_bytes,
			  struct error *e)
{
	char pragmas[256];
	int fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		      0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return error_set_errno(e, ERR_NOT_DURABLE, errno, "%s",
				       s->path);
	/* Before SQLite has it: this descriptor's end would drop its locks. */
	close(fd);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return error_set(e, ERR_NOT_DURABLE, "%s: not a file of this"
				 " user", s->path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return error_set(e, ERR_NOT_DURABLE, "%s: others may read it;"
				 " chmod 600 %s", s->path, s->path);
	if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return store_failed(s, e);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	/* First of all, or it has no effect: archive.c gives pages back. */
	snprintf(pragmas, sizeof(pragmas), "PRAGMA page_size = %d;"
		 "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
		 "PRAGMA synchronous = FULL; PRAGMA cache_size = -1024;",
		 STORE_PAGE);
	if (sqlite3_exec(s->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
		return store_failed(s, e);
	sqlite3_wal_hook(s->db, store_wal_grown, s);
	if (max_bytes > 0) {
		snprintf(pragmas, sizeof(pragmas),
			 "PRAGMA max_page_count = %llu",
			 (unsigned long long)(max_bytes / store_page(s) + 1));
		if (sqlite3_exec(s->db, pragmas, NULL, NULL, NULL) !=
		    SQLITE_OK)
			return store_failed(s, e);
	}
	return store_schema(s, e);
}

static int store_query(struct store *s, const char *query, sqlite3_stmt **out,
		       bool *row, struct error *e)
{
	int step;

	if (sqlite3_prepare_v2(s->db, query, -1, out, NULL) != SQLITE_OK)
		return store_failed(s, e);
	step = sqlite3_step(*out);
	*row = step == SQLITE_ROW;
	if (*row || step == SQLITE_DONE)
		return 0;
	sqlite3_finalize(*out);
	return store_failed(s, e);
}

/* A chain that does not end as it says is not gone on with. */
static int store_end(struct store *s, struct chain *head, struct error *e)
{
	struct chain last = { 0 };
	uint8_t hash[CHAIN_HASH];
	sqlite3_stmt *st;
	bool row;
	int r = store_query(s, "SELECT h.sequence, h.hash, r.sequence,"
			    " r.record, (SELECT count(*) FROM archives WHERE"
			    " last = h.sequence AND hash = h.hash) FROM head h"
			    " LEFT JOIN records r ON r.sequence = (SELECT"
			    " max(sequence) FROM records)", &st, &row, e);

	if (r != 0)
		return r;
	if (row) {
		last.sequence = (uint64_t)sqlite3_column_int64(st, 0);
		column_hash(st, 1, last.hash);
		chain_hash(column(st, 3), hash);
		if (sqlite3_column_type(st, 2) == SQLITE_NULL)
			row = last.sequence == 0 ||
			      sqlite3_column_int64(st, 4) > 0;
		else
			row = (uint64_t)sqlite3_column_int64(st, 2) ==
			      last.sequence &&
			      memcmp(hash, last.hash, CHAIN_HASH) == 0;
	}
	sqlite3_finalize(st);
	if (!row)
		return error_set(e, ERR_NOT_DURABLE, "%s: it does not end with"
				 " the record that it says: look at it with:"
				 " signet evidence verify", s->path);
	*head = last;
	return 0;
}

static int store_last_checkpoint(struct store *s, struct store_checkpoint *out,
				 struct error *e)
{
	struct store_checkpoint last = { 0 };
	sqlite3_stmt *st;
	bool row;
	int r = store_query(s, "SELECT sequence, statement,"
			    " json_extract(statement, '$.checkpoint')"
			    " FROM checkpoints ORDER BY sequence DESC LIMIT 1",
			    &st, &row, e);

	if (r != 0)
		return r;
	if (row) {
		struct slice text = column(st, 1);

		last.sequence = (uint64_t)sqlite3_column_int64(st, 0);
		last.number = (uint64_t)sqlite3_column_int64(st, 2);
		chain_hash(text, last.hash);
	}
	sqlite3_finalize(st);
	*out = last;
	return 0;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	fd_closep(&s->lock);
	free(s);
}

int store_open_reader(const char *path, struct store **out, struct error *e)
{
	struct store *s = calloc(1, sizeof(*s));
	int r = 0;

	if (s == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	s->lock = -1;
	snprintf(s->path, sizeof(s->path), "%s", path);
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		r = store_failed(s, e);
	if (r == 0) {
		sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
		if (sqlite3_exec(s->db, "PRAGMA cache_size = -256", NULL, NULL,
				 NULL) != SQLITE_OK)
			r = store_failed(s, e);
	}
	if (r == 0)
		r = store_prepare(s, e);
	if (r != 0) {
		store_close(s);
		return r;
	}
	*out = s;
	return 0;
}

int store_open(const char *path, uint64_t max_bytes, struct store **out,
	       struct chain *head, struct store_checkpoint *last,
	       struct error *e)
{
	struct store *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	s->lock = -1;
	snprintf(s->path, sizeof(s->path), "%s", path);
	r = folder_make_parents(s->path, 0700, e);
	if (r != 0)
		r = e->code = ERR_NOT_DURABLE;
	if (r == 0)
		r = store_lock(s, e);
	if (r == 0)
		r = store_database(s, max_bytes, e);
	if (r == 0)
		r = store_prepare(s, e);
	if (r == 0)
		r = store_end(s, head, e);
	if (r == 0)
		r = store_last_checkpoint(s, last, e);
	if (r != 0) {
		store_close(s);
		return r;
	}
	*out = s;
	return 0;
}
