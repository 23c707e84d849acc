/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema: the tables of the evidence (docs/PROTOCOL.evidence, section 1).
 */
#include "evidence/store.h"

#define APPROVALS \
	"CREATE TABLE IF NOT EXISTS approvals (sequence INTEGER NOT NULL," \
	" approval INTEGER NOT NULL, signature BLOB NOT NULL," \
	" PRIMARY KEY (sequence, approval)) WITHOUT ROWID;"

const char store_schema_added_sql[] = APPROVALS;

const char store_schema_sql[] =
	"BEGIN;"
	APPROVALS
	"CREATE TABLE records (sequence INTEGER PRIMARY KEY,"
	" record TEXT NOT NULL, hash BLOB NOT NULL);"
	"CREATE TABLE items (sequence INTEGER NOT NULL, item INTEGER NOT NULL,"
	" content BLOB, signature BLOB, PRIMARY KEY (sequence, item))"
	" WITHOUT ROWID;"
	"CREATE TABLE certificates (sha256 BLOB PRIMARY KEY,"
	" der BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE checkpoints (sequence INTEGER PRIMARY KEY,"
	" statement TEXT NOT NULL, signature BLOB NOT NULL, stamp BLOB);"
	"CREATE TABLE archives (first INTEGER PRIMARY KEY,"
	" last INTEGER NOT NULL, hash BLOB NOT NULL, file TEXT NOT NULL,"
	" sha256 BLOB NOT NULL);"
	"CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1),"
	" sequence INTEGER NOT NULL, hash BLOB NOT NULL);"
	"INSERT INTO head VALUES (1, 0, zeroblob(32));"
	"CREATE TABLE answers (uid INTEGER NOT NULL, origin TEXT NOT NULL,"
	" key TEXT NOT NULL, digest BLOB NOT NULL, status INTEGER NOT NULL,"
	" body BLOB NOT NULL, expires INTEGER NOT NULL,"
	" sequence INTEGER NOT NULL, hash BLOB NOT NULL,"
	" PRIMARY KEY (uid, origin, key)) WITHOUT ROWID;"
	"CREATE INDEX answers_expires ON answers (expires);"
	"PRAGMA application_id = 1397311092;"
	"PRAGMA user_version = 1;"
	"COMMIT;";
