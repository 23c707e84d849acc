/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_journal: what is handed over is on the disk, in order, before anybody
 * hears of it; what cannot be written fails, and nothing else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "evidence/journal.h"

#define MANY 700

struct fixture {
	char folder[64];
	char file[96];
	char key[96];
	struct journal *journal;
	struct journal_options options;
};

/* One that waits, and what became of it. */
struct waiting {
	struct journal_entry entry; /* the first: see done */
	unsigned done;
	unsigned order;
	int code;
};

static unsigned done_count;

static void entry_done(struct journal_entry *entry,
		       const struct error *failure)
{
	struct waiting *w = (struct waiting *)entry;

	w->done++;
	w->order = ++done_count;
	w->code = failure == NULL ? 0 : failure->code;
	buf_fini(&entry->event);
}

static void put_event(struct buf *out, const char *what)
{
	buf_init(out, LIMIT_RECORD);
	buf_printf(out, "{\"kind\":\"%s\"}", what);
}

static void add(struct fixture *f, struct waiting *w, const char *what)
{
	memset(w, 0, sizeof(*w));
	put_event(&w->entry.event, what);
	w->entry.done = entry_done;
	journal_add(f->journal, &w->entry);
}

static void note(struct fixture *f, const char *what)
{
	struct buf event;

	put_event(&event, what);
	journal_note(f->journal, &event);
	assert_null(event.ptr);
}

static int is_done(struct fixture *f, const void *arg)
{
	const struct waiting *w = arg;

	return w->done > 0;
}

/* Turns of the loop, until it is so. */
static void loop_until(struct fixture *f,
		       int (*so)(struct fixture *f, const void *arg),
		       const void *arg)
{
	int64_t end = clock_mono_ns() + 60 * CLOCK_NS_PER_S;

	journal_flush(f->journal);
	while (!so(f, arg)) {
		struct pollfd p = { journal_fd(f->journal), POLLIN, 0 };

		assert_true(clock_mono_ns() < end);
		if (poll(&p, 1, 10) > 0)
			journal_collect(f->journal);
		journal_flush(f->journal);
	}
}

static struct journal_stats stats_of(struct fixture *f)
{
	struct journal_stats s;

	journal_stats(f->journal, &s);
	return s;
}

/* --- the file, as others see it ------------------------------------------- */

static void sql(struct fixture *f, const char *text)
{
	char *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
	sqlite3_close(db);
}

static int64_t number(struct fixture *f, const char *text)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int64_t n;

	assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* Each follows the one before, and the head is the last. */
static void chain_holds(struct fixture *f, int64_t records)
{
	assert_int_equal(number(f, "SELECT count(*) FROM records"), records);
	assert_int_equal(number(f, "SELECT sequence FROM head"), records);
	assert_int_equal(number(f, "SELECT count(*) FROM records r JOIN"
				   " records p ON p.sequence = r.sequence - 1"
				   " WHERE json_extract(r.record,"
				   " '$.previous') = lower(hex(p.hash))"),
			 records - 1);
	assert_int_equal(number(f, "SELECT count(*) FROM head h JOIN records r"
				   " ON r.sequence = h.sequence AND r.hash ="
				   " h.hash"), 1);
}

/* --- life ----------------------------------------------------------------- */

static void open_journal(struct fixture *f)
{
	struct error e;

	if (journal_open(&f->options, &f->journal, &e) != 0)
		fail_msg("%s", e.message);
}

static void close_journal(struct fixture *f)
{
	journal_close(f->journal);
	f->journal = NULL;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	snprintf(f->folder, sizeof(f->folder), "/tmp/signet.XXXXXX");
	if (mkdtemp(f->folder) == NULL)
		return -1;
	snprintf(f->file, sizeof(f->file), "%s/e.sqlite", f->folder);
	snprintf(f->key, sizeof(f->key), "%s/e.key", f->folder);
	f->options = (struct journal_options){
		.file = f->file,
		.key_file = f->key,
		.checkpoint_records = 1000000,
		.checkpoint_seconds = 86400,
	};
	done_count = 0;
	open_journal(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct fixture *f = *state;
	char path[128];

	close_journal(f);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", f->file, ends[i]);
		unlink(path);
	}
	unlink(f->key);
	assert_int_equal(rmdir(f->folder), 0);
	free(f);
	return 0;
}

/* --- groups --------------------------------------------------------------- */

static void an_entry_is_done_once_and_has_its_place(void **state)
{
	struct fixture *f = *state;
	struct waiting w[3];

	for (int i = 0; i < 3; i++)
		add(f, &w[i], "x");
	/* Not before the loop's turn is over. */
	usleep(50000);
	journal_collect(f->journal);
	assert_int_equal(done_count, 0);
	loop_until(f, is_done, &w[2]);
	journal_collect(f->journal);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(w[i].done, 1);
		assert_int_equal(w[i].code, 0);
		assert_int_equal(w[i].order, i + 1);
		assert_int_equal(w[i].entry.at.sequence, i + 1);
	}
	assert_int_equal(stats_of(f).groups, 1);
	assert_int_equal(stats_of(f).records, 3);
	assert_int_equal(stats_of(f).pending, 0);
	chain_holds(f, 3);
}

static void many_are_written_in_order_in_few_groups(void **state)
{
	struct waiting *w = calloc(MANY, sizeof(*w));
	struct fixture *f = *state;

	assert_non_null(w);
	for (int i = 0; i < MANY; i++)
		add(f, &w[i], "x");
	loop_until(f, is_done, &w[MANY - 1]);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(w[i].done, 1);
		assert_int_equal(w[i].order, i + 1);
		assert_int_equal(w[i].entry.at.sequence, i + 1);
	}
	assert_int_equal(stats_of(f).groups, 2);
	chain_holds(f, MANY);
	free(w);
}

/* --- one that cannot be written ------------------------------------------- */

static void one_that_is_too_large_fails_alone(void **state)
{
	struct fixture *f = *state;
	struct waiting w[3];
	struct error e;
	uint8_t *at;

	add(f, &w[0], "before");
	add(f, &w[1], "large");
	add(f, &w[2], "after");
	buf_reset(&w[1].entry.event);
	at = buf_reserve(&w[1].entry.event, LIMIT_RECORD);
	assert_non_null(at);
	memset(at, '1', LIMIT_RECORD);
	buf_commit(&w[1].entry.event, LIMIT_RECORD);
	loop_until(f, is_done, &w[2]);
	assert_int_equal(w[0].code, 0);
	assert_int_equal(w[1].code, ERR_TOO_LARGE);
	assert_int_equal(w[1].done, 1);
	assert_int_equal(w[1].entry.at.sequence, 0);
	assert_int_equal(w[2].code, 0);
	assert_int_equal(w[2].entry.at.sequence, 2);
	/* It is not the disk that fails. */
	assert_int_equal(journal_able(f->journal, &e), 0);
	chain_holds(f, 2);
}

/* And the last one, too, which leaves nothing behind that is written later. */
static void the_last_one_too_large_hinders_nobody(void **state)
{
	struct fixture *f = *state;
	struct waiting w;
	struct error e;
	uint8_t *at;

	add(f, &w, "large");
	buf_reset(&w.entry.event);
	at = buf_reserve(&w.entry.event, LIMIT_RECORD);
	assert_non_null(at);
	memset(at, '1', LIMIT_RECORD);
	buf_commit(&w.entry.event, LIMIT_RECORD);
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, ERR_TOO_LARGE);
	assert_int_equal(journal_able(f->journal, &e), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM records"), 0);
}

static void an_answer_goes_with_its_record_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	struct store_answer kept = { .uid = 7, .origin = "", .key = "one" },
			    found = kept;
	struct waiting w;
	struct error e;
	bool is;

	sql(f, "CREATE TRIGGER fails AFTER UPDATE ON head BEGIN"
	       " SELECT RAISE(ABORT, 'the disk fails'); END");
	kept.expires = INT64_MAX;
	buf_init(&kept.body, 100);
	buf_init(&found.body, 100);
	buf_put_str(&kept.body, "{");
	add(f, &w, "x");
	w.entry.answer = &kept;
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, ERR_NOT_DURABLE);
	assert_int_equal(w.entry.at.sequence, 0);
	assert_int_equal(number(f, "SELECT count(*) FROM answers"), 0);
	assert_int_equal(journal_find_answer(f->journal, &found, 0, &is, &e),
			 0);
	assert_false(is);
	sql(f, "DROP TRIGGER fails");
	add(f, &w, "x");
	w.entry.answer = &kept;
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, 0);
	assert_int_equal(journal_find_answer(f->journal, &found, 0, &is, &e),
			 0);
	assert_true(is);
	assert_int_equal(found.sequence, w.entry.at.sequence);
	assert_memory_equal(found.hash, w.entry.at.hash, CHAIN_HASH);
	buf_fini(&kept.body);
	buf_fini(&found.body);
}

/* --- a full disk ---------------------------------------------------------- */

static void fill(struct fixture *f)
{
	char large[60000];
	struct waiting w;

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	do {
		add(f, &w, large);
		loop_until(f, is_done, &w);
	} while (w.code == 0);
	assert_int_equal(w.code, ERR_NOT_DURABLE);
}

static void bounded(struct fixture *f)
{
	close_journal(f);
	f->options.max_bytes = 512 * 1024;
	open_journal(f);
}

static int is_able(struct fixture *f, const void *arg)
{
	struct error e;

	return journal_able(f->journal, &e) == 0;
}

/* It would find a place, and the request that it tells of would not. */
static void a_small_record_does_not_open_the_gate(void **state)
{
	struct fixture *f = *state;
	int64_t records;
	struct waiting w;
	struct error e;

	bounded(f);
	fill(f);
	records = number(f, "SELECT count(*) FROM records");
	add(f, &w, "small");
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, ERR_NOT_DURABLE);
	assert_int_equal(journal_able(f->journal, &e), ERR_NOT_DURABLE);
	assert_int_equal(number(f, "SELECT count(*) FROM records"), records);
}

static int none_pending(struct fixture *f, const void *arg)
{
	return stats_of(f).pending == 0;
}

static void a_full_database_says_so_and_recovers(void **state)
{
	struct fixture *f = *state;
	int64_t records;
	struct waiting w;
	struct error e;

	bounded(f);
	fill(f);
	records = number(f, "SELECT count(*) FROM records");
	assert_true(records > 3);
	assert_int_equal(journal_able(f->journal, &e), ERR_NOT_DURABLE);
	assert_non_null(strstr(e.message, "signet evidence archive"));
	assert_true(stats_of(f).failures > 0);
	/* Not by itself. */
	usleep(1500000);
	assert_int_equal(journal_able(f->journal, &e), ERR_NOT_DURABLE);
	/* Notes wait; nothing of them is written meanwhile. */
	note(f, "kept-1");
	note(f, "kept-2");
	journal_flush(f->journal);
	usleep(100000);
	assert_int_equal(number(f, "SELECT count(*) FROM records"), records);
	/* Room, as an archive would make it. */
	sql(f, "UPDATE records SET record = '' WHERE sequence IN (1, 2, 3)");
	loop_until(f, is_able, NULL);
	loop_until(f, none_pending, NULL);
	add(f, &w, "after");
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, 0);
	assert_int_equal(w.entry.at.sequence, records + 3);
	assert_int_equal(number(f, "SELECT count(*) FROM records WHERE"
				   " json_valid(record) AND"
				   " json_extract(record, '$.event.kind') LIKE"
				   " 'kept-_'"), 2);
	assert_int_equal(number(f, "SELECT sequence FROM head"), records + 3);
	assert_int_equal(stats_of(f).lost, 0);
}

static int some_lost(struct fixture *f, const void *arg)
{
	return stats_of(f).lost >= 5;
}

static int lost_recorded(struct fixture *f, const void *arg)
{
	return stats_of(f).lost == 0;
}

static void notes_beyond_the_limit_are_counted_as_lost(void **state)
{
	struct fixture *f = *state;
	struct waiting w;

	bounded(f);
	fill(f);
	for (unsigned i = 0; i < LIMIT_EVIDENCE_WAITING + 5; i++)
		note(f, "many");
	/* Who waits is not kept waiting behind them. */
	add(f, &w, "x");
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, ERR_NOT_DURABLE);
	loop_until(f, some_lost, NULL);
	assert_int_equal(stats_of(f).lost, 5);
	assert_int_equal(stats_of(f).pending, LIMIT_EVIDENCE_WAITING);
	sql(f, "UPDATE records SET record = '' WHERE sequence < 5");
	loop_until(f, lost_recorded, NULL);
	loop_until(f, none_pending, NULL);
	assert_int_equal(number(f, "SELECT json_extract(record,"
				   " '$.event.count') FROM records WHERE"
				   " json_valid(record) AND"
				   " json_extract(record, '$.event.kind') ="
				   " 'lost'"), 5);
	assert_int_equal(number(f, "SELECT count(*) FROM records WHERE"
				   " json_valid(record) AND"
				   " json_extract(record, '$.event.kind') ="
				   " 'many'"), LIMIT_EVIDENCE_WAITING);
}

/* Whoever holds the file is waited for once, and not by each. */
static void a_file_that_another_holds_is_not_waited_for_by_each(void **state)
{
	struct fixture *f = *state;
	int64_t began = clock_mono_ns();
	struct waiting w[8];
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
			 SQLITE_OK);
	for (int i = 0; i < 8; i++)
		add(f, &w[i], "x");
	loop_until(f, is_done, &w[7]);
	for (int i = 0; i < 8; i++)
		assert_int_equal(w[i].code, ERR_NOT_DURABLE);
	/* 5 seconds; each one for itself took 45. */
	assert_true(clock_mono_ns() - began < 20 * CLOCK_NS_PER_S);
	sqlite3_close(db);
	loop_until(f, is_able, NULL);
	add(f, &w[0], "x");
	loop_until(f, is_done, &w[0]);
	assert_int_equal(w[0].code, 0);
	chain_holds(f, 1);
}

/* --- the end, and the next beginning -------------------------------------- */

static void what_waits_is_written_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct waiting w[50];

	for (int i = 0; i < 50; i++)
		add(f, &w[i], "x");
	note(f, "the-end");
	close_journal(f);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(w[i].done, 1);
		assert_int_equal(w[i].code, 0);
	}
	chain_holds(f, 51);
	/* And its head is signed. */
	assert_int_equal(number(f, "SELECT sequence FROM checkpoints"), 51);
}

static void what_cannot_be_written_is_told_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct waiting w[3];

	sql(f, "CREATE TRIGGER fails BEFORE INSERT ON records BEGIN"
	       " SELECT RAISE(ABORT, 'the disk fails'); END");
	for (int i = 0; i < 3; i++)
		add(f, &w[i], "x");
	note(f, "never");
	close_journal(f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(w[i].done, 1);
		assert_int_equal(w[i].code, ERR_NOT_DURABLE);
	}
	assert_int_equal(number(f, "SELECT count(*) FROM records"), 0);
}

static struct fixture *closing;
static struct waiting last;

static void adds_another(struct journal_entry *entry,
			 const struct error *failure)
{
	entry_done(entry, failure);
	add(closing, &last, "too late");
	note(closing, "too-late");
}

static void what_comes_while_it_closes_is_told(void **state)
{
	struct waiting w;

	closing = *state;
	add(closing, &w, "x");
	w.entry.done = adds_another;
	close_journal(closing);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.code, 0);
	assert_int_equal(last.done, 1);
	assert_int_equal(last.code, ERR_NOT_DURABLE);
}

static void the_chain_goes_on(void **state)
{
	struct fixture *f = *state;
	struct waiting w;

	note(f, "first");
	for (int i = 0; i < 3; i++) {
		close_journal(f);
		open_journal(f);
		add(f, &w, "next");
		loop_until(f, is_done, &w);
		assert_int_equal(w.entry.at.sequence, i + 2);
	}
	chain_holds(f, 4);
}

static void another_writer_is_refused(void **state)
{
	struct fixture *f = *state;
	struct journal *other;
	struct waiting w;
	struct error e;

	assert_int_equal(journal_open(&f->options, &other, &e),
			 ERR_NOT_DURABLE);
	assert_non_null(strstr(e.message, "another signetd writes to it"));
	/* Which does the first one no harm. */
	add(f, &w, "x");
	loop_until(f, is_done, &w);
	assert_int_equal(w.code, 0);
}

/* --- checkpoints ---------------------------------------------------------- */

static void checkpoints_come_by_number(void **state)
{
	struct fixture *f = *state;
	struct waiting w;

	close_journal(f);
	f->options.checkpoint_records = 3;
	open_journal(f);
	for (int i = 0; i < 7; i++) {
		add(f, &w, "x");
		loop_until(f, is_done, &w);
	}
	assert_int_equal(stats_of(f).checkpoints, 2);
	assert_int_equal(stats_of(f).checkpoint_sequence, 6);
	close_journal(f);
	assert_int_equal(number(f, "SELECT count(*) FROM checkpoints c JOIN"
				   " records r ON r.sequence = c.sequence WHERE"
				   " json_extract(c.statement, '$.hash') ="
				   " lower(hex(r.hash)) AND c.sequence IN"
				   " (3, 6, 7)"), 3);
	/* The numbers go on. */
	open_journal(f);
	assert_int_equal(stats_of(f).checkpoints, 3);
}

static int has_checkpoint(struct fixture *f, const void *arg)
{
	return stats_of(f).checkpoints == 1;
}

static void checkpoints_come_by_time(void **state)
{
	struct fixture *f = *state;
	int64_t began;
	struct waiting w;

	close_journal(f);
	f->options.checkpoint_seconds = 1;
	open_journal(f);
	/* Nothing to sign: none comes. */
	usleep(1300000);
	assert_int_equal(stats_of(f).checkpoints, 0);
	began = clock_mono_ns();
	add(f, &w, "x");
	loop_until(f, is_done, &w);
	assert_int_equal(stats_of(f).checkpoints, 0);
	loop_until(f, has_checkpoint, NULL);
	assert_true(clock_mono_ns() - began >= CLOCK_NS_PER_S);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_entry_is_done_once_and_has_its_place),
		TEST(many_are_written_in_order_in_few_groups),
		TEST(one_that_is_too_large_fails_alone),
		TEST(the_last_one_too_large_hinders_nobody),
		TEST(an_answer_goes_with_its_record_or_not_at_all),
		TEST(a_small_record_does_not_open_the_gate),
		TEST(a_full_database_says_so_and_recovers),
		TEST(notes_beyond_the_limit_are_counted_as_lost),
		TEST(a_file_that_another_holds_is_not_waited_for_by_each),
		TEST(what_waits_is_written_at_the_end),
		TEST(what_cannot_be_written_is_told_at_the_end),
		TEST(what_comes_while_it_closes_is_told),
		TEST(the_chain_goes_on),
		TEST(another_writer_is_refused),
		TEST(checkpoints_come_by_number),
		TEST(checkpoints_come_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
