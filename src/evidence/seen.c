/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen: the requests of banks that were used already.
 */
#include "evidence/seen.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/folder.h"
#include "base/limits.h"

#define SEEN_FILE "seen.sqlite"
/* Another signetd of the same user may hold it for a moment. */
#define SEEN_BUSY_MS 1000

struct seen {
	sqlite3 *db;
	sqlite3_stmt *add;
	sqlite3_stmt *forget;
};

static const char schema[] =
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;"
	"CREATE TABLE IF NOT EXISTS seen ("
	" issuer TEXT NOT NULL, jti TEXT NOT NULL, expires INTEGER NOT NULL,"
	" PRIMARY KEY (issuer, jti)) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS seen_expires ON seen (expires);";

static int seen_failed(const struct seen *s, const char *what,
		       struct error *e)
{
	return error_set(e, ERR_NOT_DURABLE, "%s in %s: %s", what, SEEN_FILE,
			 s->db == NULL ? "no memory" : sqlite3_errmsg(s->db));
}

void seen_close(struct seen *s)
{
	if (s == NULL)
		return;
	sqlite3_finalize(s->add);
	sqlite3_finalize(s->forget);
	sqlite3_close(s->db);
	free(s);
}

static int seen_prepare(struct seen *s, const char *path, struct error *e)
{
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
			    NULL) != SQLITE_OK)
		return seen_failed(s, "cannot open what was seen", e);
	sqlite3_busy_timeout(s->db, SEEN_BUSY_MS);
	if (sqlite3_exec(s->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(s->db, "INSERT INTO seen VALUES (?1, ?2, ?3)",
			       -1, &s->add, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(s->db, "DELETE FROM seen WHERE expires < ?1",
			       -1, &s->forget, NULL) != SQLITE_OK)
		return seen_failed(s, "cannot prepare", e);
	return 0;
}

int seen_open(const char *folder, struct seen **out, struct error *e)
{
	struct seen *s = calloc(1, sizeof(*s));
	char path[LIMIT_PATH + sizeof(SEEN_FILE)];
	int r;

	if (s == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	snprintf(path, sizeof(path), "%s/%s", folder, SEEN_FILE);
	r = folder_make_parents(path, 0700, e);
	if (r != 0)
		r = e->code = ERR_NOT_DURABLE;
	if (r == 0)
		r = seen_prepare(s, path, e);
	if (r != 0) {
		seen_close(s);
		return r;
	}
	*out = s;
	return 0;
}

static int seen_run(struct seen *s, sqlite3_stmt *run)
{
	int r = sqlite3_step(run);

	/* The same code again; the extended one tells more. */
	if (r != SQLITE_DONE)
		r = sqlite3_extended_errcode(s->db);
	sqlite3_reset(run);
	sqlite3_clear_bindings(run);
	return r;
}

int seen_add(struct seen *s, const char *issuer, const char *jti,
	     int64_t expires, int64_t now, struct error *e)
{
	int r;

	sqlite3_bind_int64(s->forget, 1, now);
	if (seen_run(s, s->forget) != SQLITE_DONE)
		return seen_failed(s, "cannot forget old entries", e);
	sqlite3_bind_text(s->add, 1, issuer, -1, SQLITE_STATIC);
	sqlite3_bind_text(s->add, 2, jti, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->add, 3, expires);
	r = seen_run(s, s->add);
	if (r == SQLITE_CONSTRAINT_PRIMARYKEY)
		return error_set(e, ERR_REPLAYED, "request %s of %s was used"
				 " before; ask the bank for a new one", jti,
				 issuer);
	return r == SQLITE_DONE ? 0 :
		seen_failed(s, "cannot note a request", e);
}
