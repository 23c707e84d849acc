/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own: what the evidence has of one caller's requests, and nothing else.
 */
#include "evidence/own.h"

#include <sqlite3.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"

#define OWN_BUSY_MS 200

enum column { SEQUENCE, HASH, MATCHES, TEXT };

/* An archive that has records leaves a gap: what is asked is never there. */
static const char rows_sql[] =
	"SELECT sequence, hash,"
	" json_extract(record, '$.event.kind') = 'request' AND"
	" json_extract(record, '$.event.caller.uid') = ?1 AND"
	" (?2 = '' OR json_extract(record, '$.event.caller.origin') = ?2),"
	" CASE WHEN ?2 = '' THEN record ELSE json_remove(record,"
	" '$.event.caller', '$.event.module', '$.event.worker') END"
	" FROM records WHERE sequence > ?3 ORDER BY sequence";

static int own_failed(const struct own_query *q, sqlite3 *db, struct error *e)
{
	return error_set(e, ERR_IO, "%s: %s", q->file,
			 db == NULL ? "no memory" : sqlite3_errmsg(db));
}

static struct slice own_column(sqlite3_stmt *st, int column)
{
	const void *ptr = sqlite3_column_blob(st, column);

	return slice_of(ptr, (size_t)sqlite3_column_bytes(st, column));
}

/* How much there may be in one answer, and how long it may take. */
struct own_room {
	unsigned records, rows;
	size_t bytes;
	int64_t until_ns;
};

/* False: this one has to wait for the next answer. */
static bool own_give(struct own_room *room, sqlite3_stmt *st,
		     void (*record)(void *arg, const struct own_record *r),
		     void *arg)
{
	struct own_record r = {
		.sequence = (uint64_t)sqlite3_column_int64(st, SEQUENCE),
		.hash = own_column(st, HASH),
		.text = own_column(st, TEXT),
	};

	if (r.text.len > LIMIT_OWN_RECORD)
		r.text = slice_of(NULL, 0);
	if (room->records > 0 && room->bytes + r.text.len > LIMIT_OWN_BYTES)
		return false;
	room->records++;
	room->bytes += r.text.len;
	record(arg, &r);
	return true;
}

static bool own_full(struct own_room *room)
{
	return room->records >= LIMIT_OWN_RECORDS ||
	       ++room->rows >= LIMIT_OWN_ROWS ||
	       clock_mono_ns() >= room->until_ns;
}

/* *next is the last one that is done with, unless there is none behind. */
static int own_rows(const struct own_query *q, sqlite3_stmt *st,
		    void (*record)(void *arg, const struct own_record *r),
		    void *arg, uint64_t *next)
{
	struct own_room room = {
		.until_ns = clock_mono_ns() + LIMIT_OWN_MS * CLOCK_NS_PER_MS,
	};
	uint64_t done = q->after;
	bool full = false;
	int step;

	while ((step = sqlite3_step(st)) == SQLITE_ROW && !full) {
		uint64_t at = (uint64_t)sqlite3_column_int64(st, SEQUENCE);

		if (q->one && at != q->after + 1)
			return SQLITE_DONE;
		if (sqlite3_column_int(st, MATCHES) == 1 &&
		    !own_give(&room, st, record, arg))
			break;
		done = at;
		full = q->one || own_full(&room);
	}
	*next = step == SQLITE_ROW ? done : 0;
	return step == SQLITE_ROW ? SQLITE_DONE : step;
}

static int own_query_run(const struct own_query *q, sqlite3 *db,
			 void (*record)(void *arg, const struct own_record *r),
			 void *arg, uint64_t *next, struct error *e)
{
	sqlite3_stmt *st;
	int r;

	sqlite3_busy_timeout(db, OWN_BUSY_MS);
	if (sqlite3_exec(db, "PRAGMA query_only = 1; PRAGMA cache_size = -64",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, rows_sql, -1, &st, NULL) != SQLITE_OK)
		return own_failed(q, db, e);
	sqlite3_bind_int64(st, 1, q->uid);
	sqlite3_bind_text(st, 2, q->origin, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, (int64_t)q->after);
	r = own_rows(q, st, record, arg, next);
	if (r != SQLITE_DONE)
		own_failed(q, db, e);
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0 : ERR_IO;
}

int own_read(const struct own_query *q,
	     void (*record)(void *arg, const struct own_record *r), void *arg,
	     uint64_t *next, struct error *e)
{
	sqlite3 *db = NULL;
	int r;

	*next = 0;
	/* By SQLite only: the end of any other descriptor of this process
	 * would drop the locks of the one that writes. */
	if (sqlite3_open_v2(q->file, &db, SQLITE_OPEN_READONLY |
			    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		r = own_failed(q, db, e);
	else
		r = own_query_run(q, db, record, arg, next, e);
	sqlite3_close(db);
	return r;
}
