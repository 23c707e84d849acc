/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_store: a file that is not what it should be is not written to; a
 * transaction is there or not; answers belong to who asked.
 */
#include "tests/unit/evidence/made.h"

#include <fcntl.h>
#include <sys/stat.h>

/* It is not opened, and why is said. */
static void refused(struct made *m, const char *why)
{
	struct store *s = NULL;
	struct chain head;
	struct store_checkpoint last;
	struct error e;

	made_rest(m);
	assert_int_equal(store_open(m->path, 0, &s, &head, &last, &e),
			 ERR_NOT_DURABLE);
	assert_null(s);
	if (strstr(e.message, why) == NULL)
		fail_msg("%s", e.message);
}

static void sql(struct made *m, const char *text)
{
	char *why = NULL;
	sqlite3 *db;

	made_rest(m);
	assert_int_equal(sqlite3_open(m->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
	sqlite3_close(db);
}

static int64_t number(struct made *m, const char *text)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int64_t n;

	assert_int_equal(sqlite3_open(m->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* --- whose file, and what it is ------------------------------------------- */

static void it_is_made_for_its_user_only(void **state)
{
	struct made *m = *state;
	char folder[64], path[96];
	struct store_checkpoint last;
	struct chain head;
	struct store *s;
	struct error e;
	struct stat st;

	snprintf(folder, sizeof(folder), "%s/a/b", m->folder);
	snprintf(path, sizeof(path), "%s/e.sqlite", folder);
	assert_int_equal(store_open(path, 0, &s, &head, &last, &e), 0);
	assert_int_equal(head.sequence, 0);
	assert_int_equal(last.number, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/e.sqlite-wal", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(s);
}

static void others_may_not_read_it(void **state)
{
	struct made *m = *state;

	assert_int_equal(chmod(m->path, 0640), 0);
	refused(m, "chmod 600");
	assert_int_equal(chmod(m->path, 0602), 0);
	refused(m, "chmod 600");
	assert_int_equal(chmod(m->path, 0600), 0);
	made_reopen(m);
}

static void it_belongs_to_its_user(void **state)
{
	struct made *m = *state;

	/* Nobody else can give a file away. */
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(m->path, 65534, 65534), 0);
	refused(m, "not a file of this user");
}

static void it_is_no_link_and_no_folder(void **state)
{
	struct made *m = *state;
	char moved[96];

	made_rest(m);
	snprintf(moved, sizeof(moved), "%s/moved", m->folder);
	assert_int_equal(rename(m->path, moved), 0);
	assert_int_equal(symlink(moved, m->path), 0);
	refused(m, m->path);
	assert_int_equal(unlink(m->path), 0);
	assert_int_equal(mkdir(m->path, 0700), 0);
	refused(m, m->path);
	assert_int_equal(rmdir(m->path), 0);
	assert_int_equal(mkfifo(m->path, 0600), 0);
	refused(m, "not a file of this user");
}

static void it_is_of_this_kind_and_version(void **state)
{
	struct made *m = *state;

	sql(m, "PRAGMA application_id = 7");
	refused(m, "application 7");
	sql(m, "PRAGMA application_id = 1397311092; PRAGMA user_version = 2");
	refused(m, "version 2");
	sql(m, "PRAGMA user_version = 1");
	made_reopen(m);
}

static void what_is_no_database_is_left_alone(void **state)
{
	struct made *m = *state;
	char bytes[8192], now[sizeof(bytes)];
	int fd;

	made_rest(m);
	memset(bytes, 'x', sizeof(bytes));
	fd = open(m->path, O_RDWR | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	refused(m, "not a database");
	assert_int_equal(pread(fd, now, sizeof(now), 0), sizeof(now));
	assert_memory_equal(bytes, now, sizeof(bytes));
	close(fd);
}

static void a_truncated_file_is_refused(void **state)
{
	struct made *m = *state;
	struct stat st;

	for (int i = 0; i < 50; i++)
		made_start(m);
	made_rest(m);
	assert_int_equal(stat(m->path, &st), 0);
	/* Of its pages, the last half is gone. */
	assert_int_equal(truncate(m->path, st.st_size / 8192 * 4096), 0);
	refused(m, "malformed");
}

/* --- its end -------------------------------------------------------------- */

static void it_ends_as_it_says(void **state)
{
	static const char *const changes[] = {
		"UPDATE head SET sequence = 2",
		"UPDATE head SET sequence = 4",
		"UPDATE head SET sequence = 0",
		"UPDATE head SET hash = zeroblob(32)",
		"UPDATE head SET hash = x'00'",
		"DELETE FROM head",
		"DELETE FROM records WHERE sequence = 3",
		"DELETE FROM records",
		"UPDATE records SET record = '{}' WHERE sequence = 3",
		"DELETE FROM records; INSERT INTO archives VALUES (1, 3,"
		" zeroblob(32), 'f', x'')",
		"DELETE FROM records; INSERT INTO archives SELECT 1, 2, hash,"
		" 'f', x'' FROM head",
		"INSERT INTO archives SELECT 1, 3, hash, 'f', x'' FROM head;"
		" INSERT INTO records VALUES (4, '{}', zeroblob(32))",
		"INSERT INTO records VALUES (4, '{}', zeroblob(32))",
	};
	struct made *m = *state;
	char backup[160];

	for (int i = 0; i < 3; i++)
		made_start(m);
	made_rest(m);
	snprintf(backup, sizeof(backup), "cp %s %s.kept", m->path, m->path);
	assert_int_equal(system(backup), 0);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		print_message("%s\n", changes[i]);
		sql(m, changes[i]);
		refused(m, "signet evidence verify");
		snprintf(backup, sizeof(backup), "cp %s.kept %s", m->path,
			 m->path);
		assert_int_equal(system(backup), 0);
	}
	made_reopen(m);
	assert_int_equal(m->head.sequence, 3);
	/* All that there was is in an archive. */
	sql(m, "DELETE FROM records; INSERT INTO archives SELECT 1, 3, hash,"
	       " 'f', x'' FROM head");
	made_reopen(m);
	assert_int_equal(m->head.sequence, 3);
}

static void the_last_checkpoint_is_known(void **state)
{
	struct made *m = *state;
	uint8_t hash[CHAIN_HASH];
	struct error e;

	made_start(m);
	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_checkpoint(m->store, 1,
					  slice_str("{\"checkpoint\":6}"),
					  slice_str("s"), &e), 0);
	assert_int_equal(store_checkpoint(m->store, 2,
					  slice_str("{\"checkpoint\":7}"),
					  slice_str("s"), &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	made_reopen(m);
	assert_int_equal(m->last.number, 7);
	assert_int_equal(m->last.sequence, 2);
	chain_hash(slice_str("{\"checkpoint\":7}"), hash);
	assert_memory_equal(m->last.hash, hash, CHAIN_HASH);
}

/* --- writers and transactions --------------------------------------------- */

static void there_is_one_writer(void **state)
{
	struct made *m = *state;
	struct store *other = NULL;
	struct store_checkpoint last;
	struct chain head;
	struct error e;

	assert_int_equal(store_open(m->path, 0, &other, &head, &last, &e),
			 ERR_NOT_DURABLE);
	assert_non_null(strstr(e.message, "another signetd writes to it"));
	assert_int_equal(store_open_reader(m->path, &other, &e), 0);
	store_close(other);
	made_start(m);
	made_rest(m);
	made_reopen(m);
	assert_int_equal(m->head.sequence, 1);
}

static void what_is_rolled_back_is_not_there(void **state)
{
	struct made *m = *state;
	struct chain next = { .sequence = 1 };
	struct error e;

	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_record(m->store, &next, slice_str("{}"), &e),
			 0);
	assert_int_equal(store_head(m->store, &next, &e), 0);
	store_rollback(m->store);
	/* A second time does no harm. */
	store_rollback(m->store);
	assert_int_equal(number(m, "SELECT count(*) FROM records"), 0);
	made_reopen(m);
	assert_int_equal(m->head.sequence, 0);
}

static void what_was_not_committed_is_not_there(void **state)
{
	struct made *m = *state;
	struct chain next = { .sequence = 1 };
	struct error e;

	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_record(m->store, &next, slice_str("{}"), &e),
			 0);
	assert_int_equal(store_head(m->store, &next, &e), 0);
	made_reopen(m);
	assert_int_equal(m->head.sequence, 0);
}

static void its_size_is_bounded(void **state)
{
	const uint64_t most = 1024 * 1024;
	/* Less than a probe: what is left for none of them is left for none. */
	static char large[60000];
	struct made *m = *state;
	struct store *s;
	struct error e;
	struct chain at = { 0 };
	int r = 0;

	made_rest(m);
	memset(large, 'x', sizeof(large) - 1);
	assert_int_equal(store_open(m->path, most, &s, &m->head, &m->last, &e),
			 0);
	assert_int_equal(store_probe(s, &e), 0);
	while (r == 0 && at.sequence < 20) {
		at.sequence++;
		assert_int_equal(store_begin(s, &e), 0);
		r = store_record(s, &at, slice_str(large), &e);
		if (r == 0)
			r = store_commit(s, &e);
	}
	assert_int_equal(r, ERR_NOT_DURABLE);
	assert_non_null(strstr(e.message, "signet evidence archive"));
	store_rollback(s);
	assert_in_range(at.sequence, 13, 17);
	assert_int_equal(store_probe(s, &e), ERR_NOT_DURABLE);
	store_rollback(s);
	assert_in_range(store_bytes(s), most / 2, most + 8192);
	store_close(s);
	assert_int_equal(number(m, "SELECT count(*) FROM answers"), 0);
	assert_int_equal(number(m, "SELECT count(*) FROM records"),
			 (int64_t)at.sequence - 1);
}

static void empty_slices_are_not_kept(void **state)
{
	struct made *m = *state;
	struct error e;

	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_item(m->store, 1, 0, slice_of(NULL, 0),
				    slice_str("s"), &e), 0);
	assert_int_equal(store_item(m->store, 1, 1, slice_str("c"),
				    slice_of(NULL, 0), &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	assert_int_equal(number(m, "SELECT count(*) FROM items WHERE"
				   " item = 0 AND content IS NULL OR"
				   " item = 1 AND signature IS NULL"), 2);
}

static void a_certificate_is_kept_once(void **state)
{
	uint8_t hash[CHAIN_HASH] = { 7 };
	struct made *m = *state;
	struct error e;

	assert_int_equal(store_begin(m->store, &e), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(store_certificate(m->store, hash,
						   slice_str("der"), &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	assert_int_equal(number(m, "SELECT count(*) FROM certificates"), 1);
}

/* --- answers -------------------------------------------------------------- */

static void keep(struct made *m, struct store_answer a, const char *text,
		 int64_t expires)
{
	struct error e;

	buf_init(&a.body, 100);
	buf_put_str(&a.body, text);
	a.expires = expires;
	a.status = 201;
	a.sequence = 5;
	memset(a.digest, 1, CHAIN_HASH);
	memset(a.hash, 2, CHAIN_HASH);
	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_answer(m->store, &a, &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	buf_fini(&a.body);
}

/* NULL: there is none. */
static void finds(struct made *m, struct store_answer a, const char *text)
{
	struct error e;
	bool found;

	buf_init(&a.body, 100);
	assert_int_equal(store_find_answer(m->store, &a, 1000, &found, &e), 0);
	assert_int_equal(found, text != NULL);
	if (text != NULL) {
		assert_string_equal(buf_text(&a.body), text);
		assert_int_equal(a.status, 201);
		assert_int_equal(a.sequence, 5);
		assert_int_equal(a.digest[31], 1);
		assert_int_equal(a.hash[31], 2);
	}
	buf_fini(&a.body);
}

#define ANSWER(u, o, k) ((struct store_answer){ .uid = (u), .origin = (o), \
						.key = (k) })

static void an_answer_belongs_to_who_asked(void **state)
{
	struct made *m = *state;

	keep(m, ANSWER(1, "", "k"), "program of 1", 2000);
	keep(m, ANSWER(2, "", "k"), "program of 2", 2000);
	keep(m, ANSWER(1, "https://a.example", "k"), "page of 1", 2000);
	keep(m, ANSWER(1, "", "K"), "another key", 2000);
	finds(m, ANSWER(1, "", "k"), "program of 1");
	finds(m, ANSWER(2, "", "k"), "program of 2");
	finds(m, ANSWER(1, "https://a.example", "k"), "page of 1");
	finds(m, ANSWER(1, "", "K"), "another key");
	finds(m, ANSWER(2, "https://a.example", "k"), NULL);
	finds(m, ANSWER(1, "https://b.example", "k"), NULL);
	finds(m, ANSWER(3, "", "k"), NULL);
	finds(m, ANSWER(1, "", "k "), NULL);
}

static void an_answer_expires(void **state)
{
	struct made *m = *state;
	struct error e;

	keep(m, ANSWER(1, "", "old"), "x", 1000);
	keep(m, ANSWER(1, "", "new"), "x", 1001);
	finds(m, ANSWER(1, "", "old"), NULL);
	finds(m, ANSWER(1, "", "new"), "x");
	assert_int_equal(store_expire(m->store, 1000, &e), 0);
	assert_int_equal(number(m, "SELECT count(*) FROM answers"), 1);
	finds(m, ANSWER(1, "", "new"), "x");
	/* Another one takes its place. */
	keep(m, ANSWER(1, "", "new"), "y", 1001);
	finds(m, ANSWER(1, "", "new"), "y");
}

static void an_answer_that_is_too_large_is_no_answer(void **state)
{
	struct made *m = *state;
	struct store_answer a = ANSWER(1, "", "k");
	struct error e;
	bool found;

	keep(m, a, "0123456789", 2000);
	buf_init(&a.body, 9);
	assert_int_equal(store_find_answer(m->store, &a, 0, &found, &e),
			 ERR_TOO_LARGE);
	buf_fini(&a.body);
}

/* --- stamps --------------------------------------------------------------- */

static void the_next_without_a_stamp_is_found(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 100 };
	struct made *m = *state;
	uint64_t sequence;
	struct error e;

	assert_int_equal(store_begin(m->store, &e), 0);
	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(store_checkpoint(m->store, i,
						  slice_str("{}"),
						  slice_str("sig"), &e), 0);
	assert_int_equal(store_stamp(m->store, 1, slice_str("stamp"), &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	assert_int_equal(store_unstamped(m->store, 0, &sequence, &out, &e), 0);
	assert_int_equal(sequence, 2);
	assert_string_equal(buf_text(&out), "sig");
	assert_int_equal(store_unstamped(m->store, 3, &sequence, &out, &e), 0);
	assert_int_equal(sequence, 3);
	assert_int_equal(store_unstamped(m->store, 4, &sequence, &out, &e), 0);
	assert_int_equal(sequence, 0);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, made_setup, made_teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_is_made_for_its_user_only),
		TEST(others_may_not_read_it),
		TEST(it_belongs_to_its_user),
		TEST(it_is_no_link_and_no_folder),
		TEST(it_is_of_this_kind_and_version),
		TEST(what_is_no_database_is_left_alone),
		TEST(a_truncated_file_is_refused),
		TEST(it_ends_as_it_says),
		TEST(the_last_checkpoint_is_known),
		TEST(there_is_one_writer),
		TEST(what_is_rolled_back_is_not_there),
		TEST(what_was_not_committed_is_not_there),
		TEST(its_size_is_bounded),
		TEST(empty_slices_are_not_kept),
		TEST(a_certificate_is_kept_once),
		TEST(an_answer_belongs_to_who_asked),
		TEST(an_answer_expires),
		TEST(an_answer_that_is_too_large_is_no_answer),
		TEST(the_next_without_a_stamp_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
