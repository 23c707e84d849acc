/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_own: among records of others one's own are found, in answers that are
 * bounded by the rows that were looked at, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/err.h"
#include "base/limits.h"
#include "evidence/own.h"

#define ROWS 2500
#define MINE 2400

static char file[] = "/tmp/test_own.XXXXXX";

static void exec(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int evidence(void **state)
{
	sqlite3 *db;
	char sql[256];
	int fd = mkstemp(file);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	exec(db, "CREATE TABLE records (sequence INTEGER PRIMARY KEY,"
	     " record TEXT, hash BLOB); BEGIN");
	for (int i = 1; i <= ROWS; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO records VALUES (%d,"
			 " '{\"event\":{\"caller\":{\"uid\":%d},"
			 "\"kind\":\"request\"}}', x'00')", i,
			 i == MINE ? 7 : 8);
		exec(db, sql);
	}
	exec(db, "COMMIT");
	sqlite3_close(db);
	return 0;
}

static int gone(void **state)
{
	return unlink(file);
}

static void count(void *arg, const struct own_record *r)
{
	assert_int_equal(r->sequence, MINE);
	assert_true(r->text.len > 0);
	++*(unsigned *)arg;
}

static void an_answer_looks_at_so_many_rows(void **state)
{
	struct own_query q = { .file = file, .uid = 7, .origin = "" };
	unsigned found = 0, answers = 0;
	uint64_t next;
	struct error e;

	do {
		assert_int_equal(own_read(&q, count, &found, &next, &e), 0);
		assert_true(next == 0 || next > q.after);
		assert_true(next <= q.after + LIMIT_OWN_ROWS);
		q.after = next;
	} while (++answers < ROWS && next > 0);
	assert_int_equal(found, 1);
	assert_in_range(answers, 3, ROWS - 1);
}

static void one_is_that_one_or_none(void **state)
{
	struct own_query q = { .file = file, .uid = 7, .origin = "",
			       .one = true };
	uint64_t next;
	unsigned found = 0;
	struct error e;

	for (q.after = 0; q.after < ROWS + 2; q.after += MINE - 1) {
		assert_int_equal(own_read(&q, count, &found, &next, &e), 0);
		assert_int_equal(found, q.after >= MINE - 1);
	}
}

static void what_is_no_evidence_is_said(void **state)
{
	struct own_query q = { .file = "/nowhere/evidence", .origin = "" };
	uint64_t next;
	unsigned found = 0;
	struct error e;

	assert_int_equal(own_read(&q, count, &found, &next, &e), ERR_IO);
	assert_int_equal(found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_looks_at_so_many_rows),
		cmocka_unit_test(one_is_that_one_or_none),
		cmocka_unit_test(what_is_no_evidence_is_said),
	};

	return cmocka_run_group_tests(tests, evidence, gone);
}
