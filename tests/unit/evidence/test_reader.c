/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reader: the file is read as it lies there, in one state, and is not
 * written to.
 */
#include "made.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "evidence/packed.h"
#include "evidence/reader.h"

static struct reader *open_reader(const char *path)
{
	struct reader *r = NULL;
	struct error e;

	if (reader_open(path, &r, &e) != 0)
		fail_msg("%s", e.message);
	reader_seek(r, INT64_MIN);
	return r;
}

static unsigned records_of(struct reader *r)
{
	struct reader_record rec;
	struct error e;
	unsigned n = 0;
	bool found;

	reader_seek(r, INT64_MIN);
	while (reader_record(r, &rec, &found, &e) == 0 && found)
		n++;
	return n;
}

static void rows_come_in_their_order(void **state)
{
	struct reader_checkpoint c;
	struct reader_item item;
	struct reader_record rec;
	struct reader *r;
	struct error e;
	struct made m;
	bool found;

	made_usual(&m);
	r = open_reader(m.path);
	assert_int_equal(reader_record(r, &rec, &found, &e), 0);
	assert_true(found);
	assert_int_equal(rec.sequence, 1);
	assert_int_equal(rec.hash.len, CHAIN_HASH);
	assert_false(rec.odd);
	assert_int_equal(reader_item(r, &item, &found, &e), 0);
	assert_true(found);
	assert_int_equal(item.sequence, 2);
	assert_true(slice_equal(item.content, slice_str("hello")));
	assert_int_equal(reader_checkpoint(r, &c, &found, &e), 0);
	assert_int_equal(c.sequence, 4);
	assert_null(c.stamp.ptr);
	assert_int_equal(records_of(r), 8);
	reader_seek(r, 6);
	assert_int_equal(reader_record(r, &rec, &found, &e), 0);
	assert_int_equal(rec.sequence, 6);
	assert_int_equal(reader_checkpoint(r, &c, &found, &e), 0);
	assert_int_equal(c.sequence, 7);
	assert_int_equal(reader_checkpoint_before(r, 6, &c, &found, &e), 0);
	assert_int_equal(c.sequence, 4);
	assert_int_equal(reader_checkpoint_before(r, 3, &c, &found, &e), 0);
	assert_false(found);
	assert_int_equal(reader_head(r, &rec, &e), 0);
	assert_int_equal(rec.sequence, 8);
	assert_int_equal(reader_check(r, &e), 0);
	reader_close(r);
	made_close(&m);
}

static void what_comes_later_is_another_state(void **state)
{
	struct reader *r;
	struct made m;

	made_usual(&m);
	r = open_reader(m.path);
	assert_int_equal(records_of(r), 8);
	made_start(&m);
	assert_int_equal(records_of(r), 8);
	assert_false(reader_stale(r));
	reader_close(r);
	r = open_reader(m.path);
	assert_int_equal(records_of(r), 9);
	reader_close(r);
	made_close(&m);
}

/* SQLite would lay a -wal and a -shm beside it, or refuse to. */
static void a_file_at_rest_stays_as_it_is(void **state)
{
	char beside[80];
	struct reader *r;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	assert_int_equal(chmod(m.path, 0400), 0);
	r = open_reader(m.path);
	assert_int_equal(records_of(r), 8);
	assert_false(reader_stale(r));
	for (int i = 0; i < 2; i++) {
		snprintf(beside, sizeof(beside), "%s%s", m.path,
			 i == 0 ? "-wal" : "-shm");
		assert_int_not_equal(access(beside, F_OK), 0);
	}
	/* Until somebody writes. */
	assert_int_equal(chmod(m.path, 0600), 0);
	made_reopen(&m);
	made_start(&m);
	assert_true(reader_stale(r));
	reader_close(r);
	made_close(&m);
}

static void an_archive_is_read_as_the_file_it_was(void **state)
{
	uint8_t hash[CHAIN_HASH];
	struct reader *r;
	char packed[80];
	struct error e;
	int from, to;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	snprintf(packed, sizeof(packed), "%s/a b%%.gz", m.folder);
	from = open(m.path, O_RDONLY | O_CLOEXEC);
	to = open(packed, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(packed_write(from, to, hash, &e), 0);
	close(from);
	r = open_reader(packed);
	assert_int_equal(records_of(r), 8);
	assert_string_equal(reader_path(r), packed);
	reader_close(r);
	assert_int_equal(ftruncate(to, 900), 0);
	close(to);
	assert_int_equal(reader_open(packed, &r, &e), ERR_MALFORMED);
	made_close(&m);
}

static void a_name_is_no_option_of_sqlite(void **state)
{
	char named[96], from[64];
	struct reader *r;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	snprintf(named, sizeof(named), "%s/e?mode=rwc#%%41\xc3\xa4", m.folder);
	snprintf(from, sizeof(from), "%s", m.path);
	assert_int_equal(rename(from, named), 0);
	r = open_reader(named);
	assert_int_equal(records_of(r), 8);
	reader_close(r);
	made_close(&m);
}

static void what_is_no_evidence_is_refused(void **state)
{
	struct reader *r;
	struct error e;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	assert_int_equal(reader_open("/nowhere", &r, &e), ERR_IO);
	assert_int_equal(reader_open(m.folder, &r, &e), ERR_IO);
	assert_int_equal(reader_open("Makefile", &r, &e), ERR_MALFORMED);
	made_change(&m, "PRAGMA application_id = 1");
	assert_int_equal(reader_open(m.path, &r, &e), ERR_MALFORMED);
	made_change(&m, "PRAGMA application_id = 1397311092;"
		    "PRAGMA user_version = 2");
	assert_int_equal(reader_open(m.path, &r, &e), ERR_MALFORMED);
	made_close(&m);
}

/* A page of the file is overwritten. */
static void damage_is_found_where_it_is(void **state)
{
	/* A page: not the first, which has the tables' names. */
	static const char junk[8192] = { 1 };
	struct reader *r;
	struct error e;
	struct made m;
	int fd;

	made_usual(&m);
	made_rest(&m);
	fd = open(m.path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), 8192), sizeof(junk));
	close(fd);
	r = open_reader(m.path);
	assert_int_equal(reader_check(r, &e), ERR_MALFORMED);
	reader_close(r);
	made_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_in_their_order),
		cmocka_unit_test(what_comes_later_is_another_state),
		cmocka_unit_test(a_file_at_rest_stays_as_it_is),
		cmocka_unit_test(an_archive_is_read_as_the_file_it_was),
		cmocka_unit_test(a_name_is_no_option_of_sqlite),
		cmocka_unit_test(what_is_no_evidence_is_refused),
		cmocka_unit_test(damage_is_found_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
