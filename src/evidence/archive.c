/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive: old records moved to a compressed file of their own.
 */
#include "evidence/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "evidence/packed.h"
#include "evidence/reader.h"
#include "evidence/store.h"
#include "evidence/verify.h"

/* signetd holds the lock for the time of one group. */
#define ARCHIVE_BUSY_MS 10000
/* Records deleted at a time: signetd waits so long, and no longer. */
#define ARCHIVE_STEP "500"

struct archiving {
	const struct archive_order *order;
	struct archive_result *result;
	sqlite3 *db;
	char folder[LIMIT_PATH];
	char plain[LIMIT_PATH + 8], packed[LIMIT_PATH + 8]; /* unfinished */
	uint64_t first, last;
	uint8_t hash[CHAIN_HASH]; /* of the last */
	uint8_t sha256[CHAIN_HASH]; /* of the archive */
};

static int failed(const struct archiving *a, struct error *e)
{
	return error_set(e, ERR_NOT_DURABLE, "%s: %s", a->order->path,
			 a->db == NULL ? "no memory" : sqlite3_errmsg(a->db));
}

static int run(struct archiving *a, const char *sql, struct error *e)
{
	return sqlite3_exec(a->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 :
		failed(a, e);
}

/* One number of one row; 0: there is none. */
static int number(struct archiving *a, const char *sql, int64_t bound,
		  int64_t *out, struct error *e)
{
	sqlite3_stmt *st;
	int step;

	*out = 0;
	if (sqlite3_prepare_v2(a->db, sql, -1, &st, NULL) != SQLITE_OK)
		return failed(a, e);
	sqlite3_bind_int64(st, 1, bound);
	step = sqlite3_step(st);
	if (step == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : failed(a, e);
}

/* --- which ones ----------------------------------------------------------- */

static int first_to_stay(struct archiving *a, int64_t *out, struct error *e)
{
	char time[CHAIN_TIME_SIZE];
	sqlite3_stmt *st;
	int step;

	*out = INT64_MAX;
	if (!a->order->has_before)
		return 0;
	chain_time(a->order->before * 1000, time);
	if (sqlite3_prepare_v2(a->db, "SELECT min(sequence) FROM records"
			       " WHERE json_extract(record, '$.time') >= ?1",
			       -1, &st, NULL) != SQLITE_OK)
		return failed(a, e);
	sqlite3_bind_text(st, 1, time, -1, SQLITE_STATIC);
	step = sqlite3_step(st);
	if (step == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return step == SQLITE_ROW ? 0 : failed(a, e);
}

/* Up to the last checkpoint in front of what stays. */
static int choose(struct archiving *a, struct error *e)
{
	int64_t stay, head, first, last = 0;
	int r = first_to_stay(a, &stay, e);

	if (r == 0)
		r = number(a, "SELECT sequence FROM head", 0, &head, e);
	if (r == 0)
		r = number(a, "SELECT min(sequence) FROM records", 0, &first,
			   e);
	if (r != 0)
		return r;
	if (head - (int64_t)a->order->keep + 1 < stay)
		stay = head - (int64_t)a->order->keep + 1;
	r = number(a, "SELECT max(sequence) FROM checkpoints WHERE"
		   " sequence < ?1", stay, &last, e);
	a->first = (uint64_t)first;
	a->last = first > 0 && last >= first ? (uint64_t)last : 0;
	return r;
}

/* --- the copy ------------------------------------------------------------- */

static int make_plain(struct archiving *a, struct error *e)
{
	sqlite3 *db = NULL;
	bool ok;
	int fd = open(a->plain, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "%s", a->plain);
	close(fd);
	ok = sqlite3_open_v2(a->plain, &db, SQLITE_OPEN_READWRITE, NULL) ==
		     SQLITE_OK &&
	     sqlite3_exec(db, store_schema_sql, NULL, NULL, NULL) == SQLITE_OK;
	if (!ok)
		error_set(e, ERR_IO, "%s: %s", a->plain,
			  db == NULL ? "no memory" : sqlite3_errmsg(db));
	sqlite3_close(db);
	return ok ? 0 : ERR_IO;
}

/* As the evidence would be, if it ended there. */
static const char copy_sql[] =
	"BEGIN;"
	"INSERT INTO copy.records SELECT * FROM main.records WHERE"
	" sequence BETWEEN %lld AND %lld;"
	"INSERT INTO copy.items SELECT * FROM main.items WHERE"
	" sequence BETWEEN %lld AND %lld;"
	"INSERT INTO copy.approvals SELECT * FROM main.approvals WHERE"
	" sequence BETWEEN %lld AND %lld;"
	"INSERT INTO copy.certificates SELECT * FROM main.certificates;"
	"INSERT INTO copy.checkpoints SELECT * FROM main.checkpoints WHERE"
	" sequence BETWEEN %lld AND %lld;"
	"INSERT INTO copy.archives SELECT * FROM main.archives;"
	"UPDATE copy.head SET (sequence, hash) = (SELECT sequence, hash FROM"
	" main.records WHERE sequence = %lld);"
	"COMMIT;";

static int copy_rows(struct archiving *a, struct error *e)
{
	long long first = (long long)a->first, last = (long long)a->last;
	char sql[sizeof(copy_sql) + 256];
	sqlite3_stmt *st;
	int r = 0;

	if (sqlite3_prepare_v2(a->db, "ATTACH ?1 AS copy", -1, &st, NULL) !=
	    SQLITE_OK)
		return failed(a, e);
	sqlite3_bind_text(st, 1, a->plain, -1, SQLITE_STATIC);
	if (sqlite3_step(st) != SQLITE_DONE)
		r = failed(a, e);
	sqlite3_finalize(st);
	if (r != 0)
		return r;
	snprintf(sql, sizeof(sql), copy_sql, first, last, first, last,
		 first, last, first - 1, last, last);
	r = run(a, sql, e);
	if (sqlite3_get_autocommit(a->db) == 0)
		sqlite3_exec(a->db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_exec(a->db, "DETACH copy", NULL, NULL, NULL);
	return r;
}

static int pack(struct archiving *a, struct error *e)
{
	AUTO(fd_closep) int from = open(a->plain, O_RDONLY | O_CLOEXEC);
	AUTO(fd_closep) int to = open(a->packed, O_WRONLY | O_CREAT | O_EXCL |
				      O_CLOEXEC, 0600);
	int r;

	if (from < 0 || to < 0)
		return error_set_errno(e, ERR_IO, errno, "%s", a->packed);
	r = packed_write(from, to, a->sha256, e);
	if (r == 0 && fsync(to) != 0)
		r = error_set_errno(e, ERR_IO, errno, "%s", a->packed);
	return r;
}

int archive_verify(const char *path, uint64_t first, uint64_t last,
		   uint8_t *hash, struct error *e)
{
	static const struct verify_options options;
	const struct verify_result *result;
	struct reader *reader;
	struct verify *v;
	int r = reader_open(path, &reader, e);

	if (r != 0)
		return r;
	r = verify_new(&options, &v, e);
	if (r == 0) {
		r = verify_file(v, reader, e);
		result = verify_end(v);
		if (r == 0 && (result->failures != 0 ||
			       result->first != first || result->last != last))
			r = error_set(e, ERR_MALFORMED, "record %llu: %s",
				      (unsigned long long)
				      result->first_failure.sequence,
				      result->first_failure.text);
		memcpy(hash, result->hash, CHAIN_HASH);
		verify_free(v);
	}
	reader_close(reader);
	return r;
}

/* What cannot be verified is not taken out of sight. */
static int check(struct archiving *a, struct error *e)
{
	int r = archive_verify(a->packed, a->first, a->last, a->hash, e);

	if (r == ERR_MALFORMED)
		error_prefix(e, "nothing was moved, since it does not verify:"
			     " ");
	return r;
}

/* --- what an interrupted one left ----------------------------------------- */

static bool journal_has(struct archiving *a, uint64_t sequence,
			const uint8_t *hash)
{
	uint8_t own[CHAIN_HASH];
	sqlite3_stmt *st;
	bool same = false;

	if (sqlite3_prepare_v2(a->db, "SELECT record FROM records WHERE"
			       " sequence = ?1", -1, &st, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(st, 1, (int64_t)sequence);
	if (sqlite3_step(st) == SQLITE_ROW) {
		chain_hash(slice_of(sqlite3_column_blob(st, 0),
				    (size_t)sqlite3_column_bytes(st, 0)), own);
		same = memcmp(own, hash, CHAIN_HASH) == 0;
	}
	sqlite3_finalize(st);
	return same;
}

/*
 * Is it a file of archive a->first to *last, with this behind its name?  The
 * name has to be exactly what such a file gets.
 */
static bool left_name(const struct archiving *a, const char *name,
		      const char *suffix, uint64_t *last)
{
	char expected[128];
	unsigned long long to;

	if (sscanf(name, "evidence-%*[0-9]-%20llu", &to) != 1)
		return false;
	*last = to;
	snprintf(expected, sizeof(expected), "evidence-%llu-%llu.sqlite.gz%s",
		 (unsigned long long)a->first, to, suffix);
	return strcmp(name, expected) == 0;
}

/*
 * Published and not noted, and all of it is in the archive that is made now:
 * the evidence has these records, and its chain up to the last of them is the
 * same.  Whatever else has such a name stays.
 */
static bool left_published(struct archiving *a, const char *path, uint64_t last)
{
	uint8_t hash[CHAIN_HASH];
	struct error e;

	return last >= a->first && last <= a->last &&
	       archive_verify(path, a->first, last, hash, &e) == 0 &&
	       journal_has(a, last, hash);
}

/*
 * Removes what an archive left that began with the same record and was killed.
 * Nothing notes these files, so every record of theirs is here, too.
 */
static void drop_left(struct archiving *a, const char *suffix)
{
	DIR *folder = opendir(a->folder);
	const struct dirent *d;
	char path[LIMIT_PATH + 256];
	uint64_t last;

	while (folder != NULL && (d = readdir(folder)) != NULL) {
		if (!left_name(a, d->d_name, suffix, &last))
			continue;
		snprintf(path, sizeof(path), "%s/%s", a->folder, d->d_name);
		if (suffix[0] != '\0' || left_published(a, path, last))
			unlink(path);
	}
	if (folder != NULL)
		closedir(folder);
}

/* --- the move ------------------------------------------------------------- */

/* Durable under its name before anything else is. */
static int publish(struct archiving *a, struct error *e)
{
	AUTO(fd_closep) int folder = open(a->folder, O_RDONLY | O_DIRECTORY |
					  O_CLOEXEC);
	struct stat st;

	if (stat(a->result->file, &st) == 0)
		return error_set(e, ERR_IO, "%s is there already, and is not"
				 " of these records: move it away, or give"
				 " another --out-dir", a->result->file);
	if (folder < 0 || rename(a->packed, a->result->file) != 0 ||
	    fsync(folder) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s",
				       a->result->file);
	return 0;
}

/* Another archive may have come first: then there is nothing to note. */
static int note_archive(struct archiving *a, struct error *e)
{
	const char *slash = strrchr(a->result->file, '/');
	const char *name = slash == NULL ? a->result->file : slash + 1;
	sqlite3_stmt *st;
	int r = 0;

	if (sqlite3_prepare_v2(a->db, "INSERT INTO archives SELECT ?1, ?2, ?3,"
			       " ?4, ?5 WHERE ?1 = 1 + (SELECT"
			       " ifnull(max(last), 0) FROM archives)", -1, &st,
			       NULL) != SQLITE_OK)
		return failed(a, e);
	sqlite3_bind_int64(st, 1, (int64_t)a->first);
	sqlite3_bind_int64(st, 2, (int64_t)a->last);
	sqlite3_bind_blob(st, 3, a->hash, CHAIN_HASH, SQLITE_STATIC);
	sqlite3_bind_text(st, 4, name, -1, SQLITE_STATIC);
	sqlite3_bind_blob(st, 5, a->sha256, CHAIN_HASH, SQLITE_STATIC);
	if (sqlite3_step(st) != SQLITE_DONE)
		r = failed(a, e);
	sqlite3_finalize(st);
	if (r == 0 && sqlite3_changes(a->db) != 1)
		r = error_set(e, ERR_NOT_DURABLE, "%s: another archive was"
			      " made meanwhile", a->order->path);
	return r;
}

/*
 * In small steps, so that signetd does not wait; what a crash leaves is
 * deleted by the next one.  The last checkpoint stays: it holds what follows.
 */
static int delete_archived(struct archiving *a, struct error *e)
{
	int64_t last, left = 1;
	int r = number(a, "SELECT max(last) FROM archives", 0, &last, e);

	while (r == 0 && last > 0 && left > 0) {
		r = run(a, "BEGIN IMMEDIATE;"
			"CREATE TEMP TABLE IF NOT EXISTS step (last);"
			"DELETE FROM step;"
			"INSERT INTO step SELECT min((SELECT max(last) FROM"
			" archives), (SELECT min(sequence) FROM records) +"
			" " ARCHIVE_STEP ");"
			"DELETE FROM items WHERE sequence <= (SELECT last FROM"
			" step);"
			"DELETE FROM approvals WHERE sequence <= (SELECT last"
			" FROM step);"
			"DELETE FROM records WHERE sequence <= (SELECT last"
			" FROM step);"
			"COMMIT;", e);
		if (r == 0)
			r = number(a, "SELECT count(*) FROM (SELECT 1 FROM"
				   " records WHERE sequence <= ?1 LIMIT 1)",
				   last, &left, e);
	}
	if (r == 0)
		r = run(a, "DELETE FROM checkpoints WHERE sequence <"
			" (SELECT max(last) FROM archives)", e);
	if (sqlite3_get_autocommit(a->db) == 0)
		sqlite3_exec(a->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* Free pages go back to the file system, some at a time. */
static int give_back(struct archiving *a, struct error *e)
{
	int64_t before = INT64_MAX, left;
	int r = number(a, "PRAGMA freelist_count", 0, &left, e);

	while (r == 0 && left > 0 && left < before) {
		before = left;
		r = run(a, "PRAGMA incremental_vacuum(" ARCHIVE_STEP ")", e);
		if (r == 0)
			r = number(a, "PRAGMA freelist_count", 0, &left, e);
	}
	return r;
}

static int names(struct archiving *a, struct error *e)
{
	const char *slash = strrchr(a->order->path, '/');
	int n;

	if (a->order->folder != NULL)
		snprintf(a->folder, sizeof(a->folder), "%s",
			 a->order->folder);
	else if (slash == NULL)
		snprintf(a->folder, sizeof(a->folder), ".");
	else
		snprintf(a->folder, sizeof(a->folder), "%.*s",
			 (int)(slash - a->order->path + 1), a->order->path);
	n = snprintf(a->result->file, sizeof(a->result->file),
		     "%s/evidence-%llu-%llu.sqlite.gz", a->folder,
		     (unsigned long long)a->first,
		     (unsigned long long)a->last);
	if (n < 0 || (size_t)n >= sizeof(a->result->file))
		return error_set(e, ERR_IO, "the file's name is too long");
	snprintf(a->plain, sizeof(a->plain), "%s.tmp", a->result->file);
	snprintf(a->packed, sizeof(a->packed), "%s.new", a->result->file);
	return 0;
}

static int move(struct archiving *a, struct error *e)
{
	int r = names(a, e);

	if (r != 0)
		return r;
	drop_left(a, ".tmp-journal"); /* of SQLite */
	drop_left(a, ".tmp");
	drop_left(a, ".new");
	r = make_plain(a, e);
	if (r == 0)
		r = copy_rows(a, e);
	if (r == 0)
		r = pack(a, e);
	if (r == 0)
		r = check(a, e);
	if (r == 0)
		drop_left(a, "");
	if (r == 0)
		r = publish(a, e);
	unlink(a->plain);
	unlink(a->packed);
	if (r == 0)
		r = note_archive(a, e);
	if (r == 0)
		r = delete_archived(a, e);
	return r;
}

static int archive_open(struct archiving *a, struct error *e)
{
	int64_t version;
	int r;

	if (sqlite3_open_v2(a->order->path, &a->db, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK)
		return failed(a, e);
	sqlite3_busy_timeout(a->db, ARCHIVE_BUSY_MS);
	r = number(a, "SELECT user_version FROM pragma_user_version, "
		   "pragma_application_id WHERE application_id = ?1",
		   STORE_APPLICATION, &version, e);
	if (r == 0 && version != STORE_VERSION)
		r = error_set(e, ERR_MALFORMED, "%s: no evidence of this"
			      " version of Signet", a->order->path);
	if (r == 0)
		r = run(a, "PRAGMA synchronous = FULL", e);
	return r != 0 ? r : run(a, store_schema_added_sql, e);
}

int archive_run(const struct archive_order *order, struct archive_result *out,
		struct error *e)
{
	struct archiving a = { .order = order, .result = out };
	int64_t left = 0;
	int r = archive_open(&a, e);

	memset(out, 0, sizeof(*out));
	if (r == 0)
		r = number(&a, "SELECT max(last) FROM archives WHERE last >="
			   " (SELECT min(sequence) FROM records)", 0, &left,
			   e);
	if (r == 0 && left > 0) {
		out->finished_to = (uint64_t)left;
		r = delete_archived(&a, e);
	}
	if (r == 0)
		r = choose(&a, e);
	if (r == 0 && a.last > 0) {
		out->first = a.first;
		out->last = a.last;
		r = move(&a, e);
	}
	if (r == 0)
		r = give_back(&a, e);
	sqlite3_close(a.db);
	return r;
}
