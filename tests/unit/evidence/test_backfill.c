/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_backfill: the WAL starts anew although records go on, and what was
 * moved is in the database alone.
 */
#include "tests/unit/evidence/made.h"

#include <sys/stat.h>
#include <time.h>

#include "evidence/backfill.h"

#define PAGES 60u
#define WAIT_MS 10000

static void wait_for_end(struct backfill *b, struct made *m)
{
	const struct timespec ms = { 0, 1000000 };

	for (int i = 0; i < WAIT_MS; i++) {
		if (backfill_ended(b))
			return;
		/* Groups go on meanwhile. */
		if (m != NULL && i < 20)
			made_request(m);
		nanosleep(&ms, NULL);
	}
	fail_msg("it does not end");
}

static int64_t wal_bytes(const struct made *m)
{
	char path[80];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", m->path);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

static void grow(struct made *m)
{
	for (int i = 0; store_wal_pages(m->store) < PAGES; i++) {
		made_request(m);
		assert_true(i < 1000);
	}
}

static void the_wal_starts_anew(void **state)
{
	struct made *m = *state;
	struct backfill *b;
	struct error e;
	int64_t most = 0;

	assert_int_equal(backfill_start(m->path, &b, &e), 0);
	for (int round = 0; round < 10; round++) {
		grow(m);
		assert_false(backfill_ended(b));
		backfill_begin(b);
		wait_for_end(b, m);
		store_backfill(m->store);
		made_request(m);
		assert_true(store_wal_pages(m->store) < PAGES);
		if (round == 4)
			most = wal_bytes(m);
	}
	backfill_stop(b);
	/* It is written over, and not behind. */
	assert_true(wal_bytes(m) <= 2 * most);
}

static void without_it_the_wal_grows(void **state)
{
	struct made *m = *state;

	for (int i = 0; i < 400; i++)
		made_request(m);
	assert_true(store_wal_pages(m->store) > 400);
}

static void what_was_moved_is_in_the_database(void **state)
{
	struct made *m = *state;
	struct backfill *b;
	struct error e;
	char wal[80], command[256];
	sqlite3_stmt *st;
	sqlite3 *db;

	made_start(m);
	grow(m);
	assert_int_equal(backfill_start(m->path, &b, &e), 0);
	backfill_begin(b);
	wait_for_end(b, NULL);
	backfill_stop(b);
	/* The file alone, as it is now. */
	snprintf(wal, sizeof(wal), "%s/copy", m->folder);
	snprintf(command, sizeof(command), "cp %s %s", m->path, wal);
	assert_int_equal(system(command), 0);
	assert_int_equal(sqlite3_open(wal, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT max(sequence) FROM"
					    " records", -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int64(st, 0), m->head.sequence);
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static void it_stops_at_once(void **state)
{
	struct made *m = *state;
	struct backfill *b;
	struct error e;

	assert_int_equal(backfill_start(m->path, &b, &e), 0);
	backfill_stop(b);
	assert_int_equal(backfill_start(m->path, &b, &e), 0);
	backfill_begin(b);
	backfill_stop(b);
	backfill_stop(NULL);
}

static void without_a_database_it_does_not_start(void **state)
{
	struct backfill *b = NULL;
	struct error e;

	assert_int_equal(backfill_start("/nonexistent/e.sqlite", &b, &e),
			 ERR_NOT_DURABLE);
	assert_null(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_wal_starts_anew, made_setup,
						made_teardown),
		cmocka_unit_test_setup_teardown(without_it_the_wal_grows,
						made_setup, made_teardown),
		cmocka_unit_test_setup_teardown(
			what_was_moved_is_in_the_database, made_setup,
			made_teardown),
		cmocka_unit_test_setup_teardown(it_stops_at_once, made_setup,
						made_teardown),
		cmocka_unit_test(without_a_database_it_does_not_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
