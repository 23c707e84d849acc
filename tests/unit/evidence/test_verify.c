/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verify: evidence that was changed in any way is found, at the record
 * where it shows, and evidence that was not stands.
 */
#include "made.h"

#include "evidence/verify.h"

struct found {
	unsigned count;
	struct verify_failure all[16];
};

static void note_failure(void *arg, const struct verify_failure *f)
{
	struct found *found = arg;

	if (found->count < ARRAY_LEN(found->all))
		found->all[found->count] = *f;
	found->count++;
}

/* Of the files of these paths, in that order. */
static struct verify_result verify_with(struct verify_options *o,
					struct found *found,
					const char *const *paths, size_t n)
{
	struct verify_result result;
	struct verify *v;
	struct reader *r;
	struct error e;

	memset(found, 0, sizeof(*found));
	o->failed = note_failure;
	o->arg = found;
	assert_int_equal(verify_new(o, &v, &e), 0);
	for (size_t i = 0; i < n; i++) {
		if (reader_open(paths[i], &r, &e) != 0) {
			assert_int_equal(e.code, ERR_MALFORMED);
			verify_broken(v, e.message);
			continue;
		}
		assert_int_equal(verify_file(v, r, &e), 0);
		reader_close(r);
	}
	result = *verify_end(v);
	verify_free(v);
	return result;
}

static struct verify_result verify_made(struct made *m, struct found *found)
{
	const char *const path = m->path;
	struct verify_options o = { .whole = true };

	return verify_with(&o, found, &path, 1);
}

static void what_was_written_stands(void **state)
{
	struct verify_result r;
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	r = verify_made(&m, &found);
	if (found.count > 0)
		print_message("%s\n", found.all[0].text);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.first, 1);
	assert_int_equal(r.last, 8);
	assert_int_equal(r.records, 8);
	assert_int_equal(r.items, 5);
	assert_int_equal(r.certificates, 1);
	assert_int_equal(r.checkpoints, 3);
	assert_int_equal(r.signed_to, 8);
	assert_int_equal(r.keys_count, 1);
	assert_int_equal(r.keys[0].sequence, 1);
	assert_memory_equal(r.hash, m.head.hash, CHAIN_HASH);
	assert_memory_equal(r.statement, m.last.hash, CHAIN_HASH);
	made_close(&m);
}

static void an_empty_file_stands(void **state)
{
	struct found found;
	struct made m;

	made_open(&m);
	made_rest(&m);
	assert_int_equal(verify_made(&m, &found).failures, 0);
	made_close(&m);
}

/* As long as signetd runs, the last records are in the -wal. */
static void it_is_read_while_it_is_written(void **state)
{
	struct found found;
	struct made m;

	made_usual(&m);
	assert_int_equal(verify_made(&m, &found).last, 8);
	assert_int_equal(found.count, 0);
	made_start(&m);
	assert_int_equal(verify_made(&m, &found).last, 9);
	made_close(&m);
}

/* --- changes -------------------------------------------------------------- */

#define SET(member, value) \
	"UPDATE records SET record = json_set(record, '$." member "', " \
	value ")"
/* What somebody does who knows how it is made. */
#define REHASH "UPDATE records SET hash = sha256(record)"
#define SWAP(table, a, b) \
	"UPDATE " table " SET sequence = -1 WHERE sequence = " #a ";" \
	"UPDATE " table " SET sequence = " #a " WHERE sequence = " #b ";" \
	"UPDATE " table " SET sequence = " #b " WHERE sequence = -1"

static const struct change {
	const char *sql;
	uint64_t sequence; /* of the first failure */
	const char *what;
	unsigned failures;
} changes[] = {
	/* A record. */
	{ SET("event.outcome", "'refused'") " WHERE sequence = 3", 3, "hash",
	  1 },
	{ SET("time", "'2026-11-24T09:30:00.124Z'") " WHERE sequence = 1", 1,
	  "hash", 1 },
	{ "UPDATE records SET record = record || ' ' WHERE sequence = 8", 8,
	  "hash", 1 },
	{ "UPDATE records SET record = '' WHERE sequence = 2", 2, "hash", 1 },
	{ "UPDATE records SET record = CAST(record AS BLOB) WHERE"
	  " sequence = 2", 2, "form", 1 },
	{ "UPDATE records SET hash = zeroblob(32) WHERE sequence = 5", 5,
	  "hash", 1 },
	{ "UPDATE records SET hash = x'00' WHERE sequence = 5", 5, "hash", 1 },
	{ "DELETE FROM records WHERE sequence = 6", 6, "missing", 2 },
	{ "DELETE FROM records WHERE sequence IN (5, 6)", 5, "missing", 3 },
	{ "DELETE FROM records WHERE sequence = 1", 1, "missing", 5 },
	{ "DELETE FROM records WHERE sequence = 8", 8, "checkpoint", 2 },
	{ SWAP("records", 2, 3), 2, "sequence", 3 },
	{ "INSERT INTO records VALUES (-4, 'x', x'')", 1, "form", 1 },
	{ "INSERT INTO records SELECT 9, record, hash FROM records WHERE"
	  " sequence = 8", 9, "sequence", 3 },
	/* A record, with its hash: the next one does not follow it. */
	{ SET("event.outcome", "'refused'") " WHERE sequence = 3;" REHASH,
	  4, "previous", 1 },
	/* ... or the checkpoint signs another one. */
	{ SET("event.outcome", "'refused'") " WHERE sequence = 4;" REHASH,
	  4, "checkpoint", 2 },
	/* ... or the head is another one. */
	{ SET("event.kind", "'reload'") " WHERE sequence = 8;" REHASH
	  ";DELETE FROM checkpoints WHERE sequence = 8", 8, "head", 2 },
	{ "UPDATE records SET record = ' ' || record WHERE sequence = 6;"
	  REHASH, 6, "form", 2 },
	{ "UPDATE records SET record = 'x' WHERE sequence = 6;" REHASH, 6,
	  "form", 2 },
	{ "UPDATE records SET record = json_remove(record, '$.time') WHERE"
	  " sequence = 6;" REHASH, 6, "form", 2 },
	{ SET("sequence", "9") " WHERE sequence = 6;" REHASH, 6, "sequence",
	  2 },
	{ SET("previous", "'00'") " WHERE sequence = 6;" REHASH, 6, "form",
	  2 },
	/* The head. */
	{ "UPDATE head SET sequence = 9", 9, "head", 1 },
	{ "UPDATE head SET sequence = 7", 8, "head", 1 },
	{ "UPDATE head SET hash = zeroblob(32)", 8, "head", 1 },
	{ "DELETE FROM head", 8, "head", 1 },
	/* A checkpoint. */
	{ "UPDATE checkpoints SET statement = json_set(statement, '$.time',"
	  " '2026-11-24T09:30:00.124Z') WHERE sequence = 4", 4, "signature",
	  2 },
	{ "UPDATE checkpoints SET statement = json_set(statement,"
	  " '$.sequence', 5) WHERE sequence = 4", 4, "checkpoint", 2 },
	{ "UPDATE checkpoints SET statement = json_set(statement,"
	  " '$.hash', hex(zeroblob(32))) WHERE sequence = 4", 4,
	  "checkpoint", 2 },
	{ "UPDATE checkpoints SET statement = json_set(statement,"
	  " '$.checkpoint', 2) WHERE sequence = 4", 4, "checkpoint", 2 },
	{ "UPDATE checkpoints SET statement = statement || ' ' WHERE"
	  " sequence = 8", 8, "checkpoint", 2 },
	{ "UPDATE checkpoints SET statement = json_remove(statement, '$.key')"
	  " WHERE sequence = 8", 8, "checkpoint", 2 },
	{ "UPDATE checkpoints SET signature = zeroblob(64) WHERE"
	  " sequence = 7", 7, "signature", 1 },
	{ "UPDATE checkpoints SET signature = NULL WHERE 0;"
	  "UPDATE checkpoints SET signature = x'' WHERE sequence = 7", 7,
	  "signature", 1 },
	{ "UPDATE checkpoints SET stamp = x'3000' WHERE sequence = 7", 7,
	  "stamp", 1 },
	{ "DELETE FROM checkpoints WHERE sequence = 4", 7, "checkpoint", 1 },
	{ "DELETE FROM checkpoints WHERE sequence = 8", 8, "unsigned", 1 },
	{ "UPDATE checkpoints SET sequence = 6 WHERE sequence = 7", 6,
	  "checkpoint", 1 },
	{ "INSERT INTO checkpoints SELECT 5, statement, signature, NULL FROM"
	  " checkpoints WHERE sequence = 4", 5, "checkpoint", 1 },
	/* What lies beside a record. */
	{ "UPDATE items SET content = x'00' WHERE sequence = 3", 3, "item",
	  1 },
	{ "UPDATE items SET signature = x'00' WHERE sequence = 3", 3, "item",
	  1 },
	{ "UPDATE items SET content = NULL WHERE sequence = 3", 3, "item",
	  1 },
	{ "DELETE FROM items WHERE sequence = 6", 6, "item", 1 },
	{ "UPDATE items SET item = 1 WHERE sequence = 6", 6, "item", 2 },
	{ "INSERT INTO items VALUES (7, 0, x'00', NULL)", 7, "item", 1 },
	{ "INSERT INTO items VALUES (99, 0, x'00', NULL)", 99, "item", 1 },
	{ "UPDATE certificates SET der = x'00'", 0, "certificate", 1 },
	{ "DELETE FROM certificates", 2, "certificate", 1 },
	/* Said to be in an archive. */
	{ "INSERT INTO archives VALUES (3, 2, x'', '', x'')", 0, "file", 1 },
	{ "DROP TABLE items", 1, "file", 1 },
};

static void each_change_is_found(void **state)
{
	struct verify_result r;
	struct found found;
	unsigned wrong = 0;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	made_save(&m);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		const struct change *c = &changes[i];

		made_restore(&m);
		made_change(&m, c->sql);
		r = verify_made(&m, &found);
		if (r.failures != c->failures ||
		    r.first_failure.sequence != c->sequence ||
		    strcmp(r.first_failure.what, c->what) != 0) {
			for (size_t f = 0; f < found.count &&
			     f < ARRAY_LEN(found.all); f++)
				print_message("%llu %s: %s\n",
					      (unsigned long long)
					      found.all[f].sequence,
					      found.all[f].what,
					      found.all[f].text);
			print_message("%s\n", c->sql);
			wrong++;
		}
	}
	made_close(&m);
	assert_int_equal(wrong, 0);
}

/* --- forgeries ------------------------------------------------------------ */

/* All is made anew behind a change, but for the signatures. */
static void who_has_no_key_cannot_go_on(void **state)
{
	struct verify_result r;
	struct checkpoint_key *other;
	struct found found;
	struct error e;
	char path[64];
	struct made m;

	made_usual(&m);
	snprintf(path, sizeof(path), "%s/other", m.folder);
	assert_int_equal(checkpoint_key_open(path, &other, &e), 0);
	made_start(&m);
	made_checkpoint_by(&m, other);
	made_rest(&m);
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 2);
	assert_string_equal(r.first_failure.what, "signature");
	assert_int_equal(r.first_failure.sequence, 9);
	checkpoint_key_close(other);
	made_close(&m);
}

static void a_record_behind_the_end_is_no_record_of_signetd(void **state)
{
	struct verify_result r;
	struct found found;
	struct made m;

	made_usual(&m);
	made_request(&m);
	made_rest(&m);
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 2);
	assert_string_equal(found.all[0].what, "order");
	assert_string_equal(found.all[1].what, "unsigned");
	assert_int_equal(r.first_failure.sequence, 9);
	made_close(&m);
}

static void only_a_key_that_is_given_is_trusted(void **state)
{
	struct verify_options o = { .whole = false };
	struct checkpoint_key *other;
	struct verify_result r;
	const char *path;
	struct found found;
	struct error e;
	char name[64];
	struct made m;

	made_usual(&m);
	path = m.path;
	snprintf(name, sizeof(name), "%s/other", m.folder);
	assert_int_equal(checkpoint_key_open(name, &other, &e), 0);
	o.key = checkpoint_key_public(m.key);
	assert_int_equal(verify_with(&o, &found, &path, 1).failures, 0);
	o.key = checkpoint_key_public(other);
	r = verify_with(&o, &found, &path, 1);
	assert_int_equal(r.failures, 3);
	assert_string_equal(r.first_failure.what, "signature");
	checkpoint_key_close(other);
	made_close(&m);
}

static void a_checkpoint_without_a_stamp_is_told(void **state)
{
	struct verify_options o = { .stamped = true };
	struct verify_result r;
	const char *path;
	struct found found;
	struct made m;

	made_usual(&m);
	path = m.path;
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.unstamped, 3);
	assert_int_equal(r.first_unstamped, 4);
	r = verify_with(&o, &found, &path, 1);
	assert_int_equal(r.failures, 3);
	assert_string_equal(r.first_failure.what, "stamp");
	assert_int_equal(r.first_failure.sequence, 4);
	made_close(&m);
}

/* --- the end -------------------------------------------------------------- */

/* With all that it takes: nothing in the file tells. */
static const char cut[] =
	"DELETE FROM records WHERE sequence > 4;"
	"DELETE FROM items WHERE sequence > 4;"
	"DELETE FROM checkpoints WHERE sequence > 4;"
	"UPDATE head SET (sequence, hash) ="
	" (SELECT sequence, hash FROM records WHERE sequence = 4)";

static void an_end_that_was_cut_off_is_missed(void **state)
{
	struct verify_options o = { .head = true, .head_sequence = 7 };
	struct verify_result r;
	const char *path;
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	path = m.path;
	memcpy(o.head_hash, m.head.hash, CHAIN_HASH);
	r = verify_with(&o, &found, &path, 1);
	assert_int_equal(r.failures, 0);
	assert_true(r.head_found);
	/* The hash of a statement does, too. */
	memcpy(o.head_hash, m.last.hash, CHAIN_HASH);
	assert_int_equal(verify_with(&o, &found, &path, 1).failures, 0);
	made_change(&m, cut);
	assert_int_equal(verify_made(&m, &found).failures, 0);
	r = verify_with(&o, &found, &path, 1);
	assert_int_equal(r.failures, 1);
	assert_int_equal(r.first_failure.sequence, 5);
	assert_string_equal(r.first_failure.what, "head");
	o.head_sequence = 0;
	assert_int_equal(verify_with(&o, &found, &path, 1).failures, 1);
	made_close(&m);
}

static void a_file_that_ends_too_early_is_damaged(void **state)
{
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	made_save(&m);
	for (int size = 0; size < 24576; size += 4096 + 1) {
		made_restore(&m);
		assert_int_equal(truncate(m.path, size), 0);
		assert_true(verify_made(&m, &found).failures > 0);
		assert_string_equal(found.all[0].what, "file");
	}
	made_close(&m);
}

/* --- archives ------------------------------------------------------------- */

/* What lies behind an archive of the first records. */
#define ARCHIVED(last) \
	"INSERT INTO archives SELECT 1, sequence, hash, 'a', zeroblob(32)" \
	" FROM records WHERE sequence = " #last ";" \
	"DELETE FROM records WHERE sequence <= " #last ";" \
	"DELETE FROM items WHERE sequence <= " #last ";"

static void it_stands_behind_an_archive(void **state)
{
	struct verify_result r;
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	made_change(&m, ARCHIVED(4));
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.archived, 4);
	assert_int_equal(r.first, 5);
	assert_int_equal(r.checkpoints, 3);
	assert_int_equal(r.keys_count, 1);
	assert_true(r.keys[0].by_checkpoint);
	/* The checkpoint there holds it. */
	made_change(&m, "UPDATE checkpoints SET signature = zeroblob(64)"
		    " WHERE sequence = 4");
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 1);
	assert_int_equal(r.first_failure.sequence, 4);
	made_close(&m);
}

static void it_stands_when_all_is_in_archives(void **state)
{
	struct verify_result r;
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	made_change(&m, ARCHIVED(8)
		    "DELETE FROM checkpoints WHERE sequence < 8");
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.archived, 8);
	made_change(&m, "UPDATE head SET hash = zeroblob(32)");
	assert_int_equal(verify_made(&m, &found).failures, 1);
	made_close(&m);
}

/* Archiving was interrupted: some of its records are here, too. */
static void what_an_archive_has_left_over_stands(void **state)
{
	struct verify_result r;
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	made_change(&m, ARCHIVED(4));
	made_close(&m);
	made_usual(&m);
	made_rest(&m);
	made_change(&m, "INSERT INTO archives SELECT 1, sequence, hash, 'a',"
		    " zeroblob(32) FROM records WHERE sequence = 7;"
		    "DELETE FROM records WHERE sequence <= 2;"
		    "DELETE FROM items WHERE sequence <= 1");
	r = verify_made(&m, &found);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.first, 3);
	made_close(&m);
}

static void records_behind_no_archive_are_missing(void **state)
{
	struct verify_result r;
	struct found found;
	struct made m;

	made_usual(&m);
	made_rest(&m);
	made_change(&m, ARCHIVED(4) "DELETE FROM archives");
	r = verify_made(&m, &found);
	assert_int_equal(r.first_failure.sequence, 1);
	assert_string_equal(r.first_failure.what, "missing");
	assert_string_equal(found.all[1].what, "checkpoint");
	assert_int_equal(found.all[1].sequence, 4);
	made_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_stands),
		cmocka_unit_test(an_empty_file_stands),
		cmocka_unit_test(it_is_read_while_it_is_written),
		cmocka_unit_test(each_change_is_found),
		cmocka_unit_test(who_has_no_key_cannot_go_on),
		cmocka_unit_test(
			a_record_behind_the_end_is_no_record_of_signetd),
		cmocka_unit_test(only_a_key_that_is_given_is_trusted),
		cmocka_unit_test(a_checkpoint_without_a_stamp_is_told),
		cmocka_unit_test(an_end_that_was_cut_off_is_missed),
		cmocka_unit_test(a_file_that_ends_too_early_is_damaged),
		cmocka_unit_test(it_stands_behind_an_archive),
		cmocka_unit_test(it_stands_when_all_is_in_archives),
		cmocka_unit_test(what_an_archive_has_left_over_stands),
		cmocka_unit_test(records_behind_no_archive_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
