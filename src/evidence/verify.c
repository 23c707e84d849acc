/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: does the evidence stand?
 *
 * Records, items and checkpoints are three rows of numbers, read side by side.
 * A judgement that something is wrong is no error of these functions: errors
 * are what keeps them from judging.
 */
#include "evidence/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/limits.h"
#include "evidence/form.h"
#include "evidence/judging.h"

#define VERIFY_PROGRESS 1000u /* records */

void judging_failed(struct verify *v, uint64_t sequence, const char *what,
		    const char *format, ...)
{
	struct verify_failure f = { .sequence = sequence, .what = what };
	va_list ap;

	va_start(ap, format);
	vsnprintf(f.text, sizeof(f.text), format, ap);
	va_end(ap);
	if (v->result.failures++ == 0)
		v->result.first_failure = f;
	if (v->o->failed != NULL)
		v->o->failed(v->o->arg, &f);
}

void verify_broken(struct verify *v, const char *why)
{
	judging_failed(v, v->sequence + 1, "file", "%s", why);
}

/* --- rows side by side ---------------------------------------------------- */

static int next_item(struct verify *v, struct error *e)
{
	return reader_item(v->r, &v->item, &v->has_item, e);
}

static int next_approval(struct verify *v, struct error *e)
{
	return reader_approval(v->r, &v->approval, &v->has_approval, e);
}

static int next_checkpoint(struct verify *v, struct error *e)
{
	return reader_checkpoint(v->r, &v->checkpoint, &v->has_checkpoint, e);
}

/* Of records that an archive has: it was interrupted before they were gone. */
static bool left_over(const struct verify *v, int64_t sequence)
{
	return sequence >= 1 && (uint64_t)sequence <= v->archive_last;
}

/* Rows of before that number have no record. */
static int items_before(struct verify *v, int64_t sequence, struct error *e)
{
	int r = 0;

	while (r == 0 && v->has_item && v->item.sequence < sequence) {
		if (!left_over(v, v->item.sequence))
			judging_failed(v, (uint64_t)v->item.sequence, "item",
				       "item %" PRId64 ": it has no record",
				       v->item.item);
		r = next_item(v, e);
	}
	return r;
}

static int approvals_before(struct verify *v, int64_t sequence,
			    struct error *e)
{
	int r = 0;

	while (r == 0 && v->has_approval && v->approval.sequence < sequence) {
		if (!left_over(v, v->approval.sequence))
			judging_failed(v, (uint64_t)v->approval.sequence,
				       "approval", "approval %" PRId64 ": it"
				       " has no record", v->approval.approval);
		r = next_approval(v, e);
	}
	return r;
}

/* In front of the first record they are what holds it. */
static int checkpoints_before(struct verify *v, int64_t sequence,
			      struct error *e)
{
	int r = 0;

	while (r == 0 && v->has_checkpoint &&
	       v->checkpoint.sequence < sequence) {
		r = judging_checkpoint(v, &v->checkpoint,
				       left_over(v, v->checkpoint.sequence) ?
				       JUDGING_BEFORE : JUDGING_ALONE, e);
		if (r == 0)
			r = next_checkpoint(v, e);
	}
	return r;
}

static int read_archives(struct verify *v, struct error *e)
{
	struct reader_archive a;
	bool found = true;
	int r = 0;

	v->archive_last = 0;
	while (r == 0 && found) {
		r = reader_archive(v->r, &a, &found, e);
		if (r != 0 || !found)
			break;
		if (a.odd || a.first != (int64_t)v->archive_last + 1 ||
		    a.last < a.first || a.hash.len != CHAIN_HASH) {
			judging_failed(v, 0, "file", "the table archives does"
				       " not say what is where");
			break;
		}
		v->archive_last = (uint64_t)a.last;
		memcpy(v->archive_hash, a.hash.ptr, CHAIN_HASH);
	}
	return r;
}

/* --- a file's beginning --------------------------------------------------- */

static void start_at(struct verify *v, uint64_t sequence,
		     const uint8_t *hash)
{
	v->sequence = sequence;
	v->linked = hash != NULL;
	if (hash == NULL)
		return;
	memcpy(v->hash, hash, CHAIN_HASH);
	memcpy(v->column, hash, CHAIN_HASH);
}

/* first is the next one that is there. */
static void check_gap(struct verify *v, uint64_t first)
{
	if (first == v->sequence + 1)
		return;
	if (first == v->sequence + 2)
		judging_failed(v, v->sequence + 1, "missing",
			       "the record is not there");
	else
		judging_failed(v, v->sequence + 1, "missing",
			       "the records up to %" PRIu64 " are not there",
			       first - 1);
	v->sequence = first - 1;
	v->linked = false;
}

/* Where the chain goes on in front of the first record, if not at its start. */
static void start_behind(struct verify *v, uint64_t before)
{
	v->result.archived = before;
	if (v->before_sequence == before)
		start_at(v, before, v->before_hash);
	else if (v->archive_last == before)
		start_at(v, before, v->archive_hash);
	else
		start_at(v, before, NULL);
}

/* The file before this one is not there: what holds this one is its own. */
static void start_apart(struct verify *v, uint64_t before)
{
	judging_failed(v, v->sequence + 1, "missing", "the records up to %"
		       PRIu64 " are in an archive: name that, too", before);
	v->begun = false;
	v->number = 0;
}

static int start_file(struct verify *v, int64_t first, struct error *e)
{
	bool archived = left_over(v, first - 1);
	int r;

	if (archived && v->begun && v->sequence + 1 < (uint64_t)first)
		start_apart(v, (uint64_t)first - 1);
	archived = archived && !v->begun;
	if (archived)
		v->key_open = true;
	else
		check_gap(v, (uint64_t)first);
	r = checkpoints_before(v, first, e);
	if (archived && r == 0)
		start_behind(v, (uint64_t)first - 1);
	v->begun = true;
	v->started = true;
	return r;
}

/* --- records -------------------------------------------------------------- */

static int record_items(struct verify *v, int64_t sequence, struct error *e)
{
	int r = 0;

	judging_items_begin(v);
	while (r == 0 && v->has_item && v->item.sequence == sequence) {
		judging_item(v, &v->item);
		r = next_item(v, e);
	}
	if (r == 0)
		judging_items_end(v);
	return r;
}

static int record_approvals(struct verify *v, int64_t sequence,
			    struct error *e)
{
	int r = 0;

	judging_approvals_begin(v);
	while (r == 0 && v->has_approval &&
	       v->approval.sequence == sequence) {
		judging_approval(v, &v->approval);
		r = next_approval(v, e);
	}
	if (r == 0)
		judging_approvals_end(v);
	return r;
}

static int verify_record(struct verify *v, const struct reader_record *rec,
			 struct error *e)
{
	int r = 0;

	if (rec->sequence < 1) {
		judging_failed(v, v->sequence + 1, "form", "there is a row"
			       " that is no record, with sequence %" PRId64,
			       rec->sequence);
		return 0;
	}
	if (v->begun && !v->started && left_over(v, rec->sequence) &&
	    (uint64_t)rec->sequence <= v->sequence)
		return 0;
	if (!v->started)
		r = start_file(v, rec->sequence, e);
	check_gap(v, (uint64_t)rec->sequence);
	if (r == 0)
		r = checkpoints_before(v, rec->sequence, e);
	if (r == 0)
		r = items_before(v, rec->sequence, e);
	if (r == 0)
		r = approvals_before(v, rec->sequence, e);
	if (r == 0)
		r = judging_record(v, rec, e);
	if (r == 0)
		r = record_items(v, rec->sequence, e);
	if (r == 0)
		r = record_approvals(v, rec->sequence, e);
	if (r != 0 || !v->has_checkpoint ||
	    v->checkpoint.sequence != rec->sequence)
		return r;
	r = judging_checkpoint(v, &v->checkpoint, JUDGING_RECORD, e);
	return r != 0 ? r : next_checkpoint(v, e);
}

static int verify_records(struct verify *v, struct error *e)
{
	struct reader_record rec;
	bool found;
	int r;

	for (;;) {
		r = reader_record(v->r, &rec, &found, e);
		if (r != 0 || !found)
			return r;
		r = verify_record(v, &rec, e);
		if (r != 0)
			return r;
		if (v->o->progress != NULL &&
		    v->sequence % VERIFY_PROGRESS == 0)
			v->o->progress(v->o->arg, v->sequence);
	}
}

/* --- a file's end --------------------------------------------------------- */

static int verify_rest(struct verify *v, struct error *e)
{
	int r = 0;

	/* All of them may be in archives. */
	if (!v->started)
		r = start_file(v, (int64_t)v->archive_last + 1, e);
	if (r == 0)
		r = items_before(v, INT64_MAX, e);
	if (r == 0)
		r = approvals_before(v, INT64_MAX, e);
	return r != 0 ? r : checkpoints_before(v, INT64_MAX, e);
}

static int verify_head(struct verify *v, struct error *e)
{
	struct reader_record head;
	int r = reader_head(v->r, &head, e);

	if (r != 0)
		return r;
	if (head.odd || head.hash.len != CHAIN_HASH)
		judging_failed(v, v->sequence, "head", "the table head does"
			       " not say where the file ends");
	else if ((uint64_t)head.sequence != v->sequence)
		judging_failed(v, (uint64_t)head.sequence < v->sequence ?
			       (uint64_t)head.sequence + 1 : v->sequence + 1,
			       "head", "the file ends with record %" PRIu64
			       ", its head says %" PRId64, v->sequence,
			       head.sequence);
	else if (v->linked && memcmp(head.hash.ptr, v->hash, CHAIN_HASH) != 0 &&
		 memcmp(head.hash.ptr, v->column, CHAIN_HASH) != 0)
		judging_failed(v, v->sequence, "head", "the head has another"
			       " hash than the last record");
	return 0;
}

static int verify_certificates(struct verify *v, struct error *e)
{
	struct reader_certificate c;
	uint8_t hash[CHAIN_HASH];
	char hex[2 * CHAIN_HASH + 1];
	bool found;
	int r;

	while ((r = reader_certificate(v->r, &c, &found, e)) == 0 && found) {
		chain_hash(c.der, hash);
		hex_encode(slice_of(hash, CHAIN_HASH), hex);
		v->result.certificates++;
		if (c.odd || !slice_equal(c.sha256,
					  slice_of(hash, CHAIN_HASH)))
			judging_failed(v, 0, "certificate", "a certificate was"
				       " changed; it is now %s", hex);
	}
	return r;
}

static int verify_all(struct verify *v, struct error *e)
{
	int r = read_archives(v, e);

	if (r == 0)
		r = next_item(v, e);
	if (r == 0)
		r = next_approval(v, e);
	if (r == 0)
		r = next_checkpoint(v, e);
	if (r == 0)
		r = verify_records(v, e);
	if (r == 0)
		r = verify_rest(v, e);
	if (r == 0)
		r = verify_head(v, e);
	if (r == 0)
		r = verify_certificates(v, e);
	return r != 0 ? r : reader_check(v->r, e);
}

int verify_file(struct verify *v, struct reader *reader, struct error *e)
{
	int r;

	v->r = reader;
	v->started = false;
	reader_seek(reader, INT64_MIN);
	r = verify_all(v, e);
	v->r = NULL;
	if (r != ERR_MALFORMED)
		return r;
	verify_broken(v, e->message);
	return 0;
}

/* --- all of it ------------------------------------------------------------ */

static void check_kept(struct verify *v)
{
	const struct verify_options *o = v->o;
	struct verify_result *result = &v->result;

	if (!o->head || result->head_found)
		return;
	if (o->head_sequence > result->last)
		judging_failed(v, result->last + 1, "head", "record %" PRIu64
			       ", which was kept, is not there: the end was"
			       " cut off", o->head_sequence);
	else if (o->head_sequence != 0 && o->head_sequence < result->first)
		judging_failed(v, o->head_sequence, "head", "the record that"
			       " was kept is in an archive: name that, too");
	else
		judging_failed(v, o->head_sequence, "head", "what was kept is"
			       " of no record and no checkpoint here: the end"
			       " was cut off, or records were changed");
}

const struct verify_result *verify_end(struct verify *v)
{
	struct verify_result *result = &v->result;

	result->last = v->sequence;
	memcpy(result->hash, v->hash, CHAIN_HASH);
	result->checkpoint = v->number;
	memcpy(result->statement, v->statement, CHAIN_HASH);
	if (v->o->whole && result->signed_to < result->last)
		judging_failed(v, result->signed_to + 1, "unsigned",
			       "no checkpoint signs the records from here on");
	check_kept(v);
	return result;
}

int verify_new(const struct verify_options *options, struct verify **out,
	       struct error *e)
{
	struct verify *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	v->o = options;
	v->linked = true; /* before record 1: zeros */
	buf_init(&v->scratch, LIMIT_RECORD);
	*out = v;
	return 0;
}

void verify_free(struct verify *v)
{
	if (v == NULL)
		return;
	json_decref(v->event);
	buf_fini(&v->scratch);
	free(v);
}
