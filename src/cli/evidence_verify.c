/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_verify: signet evidence verify: does it stand?
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "cli/batch.h"
#include "cli/cli.h"
#include "cli/evidence.h"
#include "cli/evidence_report.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "evidence/archive.h"
#include "evidence/auditor.h"
#include "evidence/reader.h"
#include "evidence/verify.h"

#define VERIFY_FILES 1024u
#define VERIFY_AGAIN (-1) /* not an exit status */
#define VERIFY_TIMES 3

struct verifying {
	const struct cli_evidence *args;
	struct verify_options options;
	struct buf key, tsa_ca;
	struct reader *readers[VERIFY_FILES];
	size_t readers_count;
	struct reader *early[VERIFY_FILES]; /* see take_early() */
	size_t early_count;
	const char *broken; /* a file that could not be opened as evidence */
	struct error broken_why;
	struct cli_evidence_report report;
	uint64_t last; /* as the last file says: for the bar */
};

static void verifying_fini(struct verifying *w)
{
	for (size_t i = 0; i < w->readers_count; i++)
		reader_close(w->readers[i]);
	w->readers_count = 0;
	for (size_t i = 0; i < w->early_count; i++)
		reader_close(w->early[i]);
	w->early_count = 0;
	buf_fini(&w->key);
	buf_fini(&w->tsa_ca);
	cli_evidence_report_fini(&w->report);
}

static void on_failure(void *arg, const struct verify_failure *f)
{
	struct verifying *w = arg;

	cli_evidence_report_failure(&w->report, f);
}

static void on_progress(void *arg, uint64_t sequence)
{
	const struct verifying *w = arg;
	char line[256];

	cli_batch_bar((size_t)sequence, (size_t)(w->last > sequence ? w->last :
						 sequence),
		      cli_term_columns(stderr), line, sizeof(line));
	cli_term_progress(line);
}

/* --- the files ------------------------------------------------------------ */

static int64_t first_of(struct reader *r)
{
	struct reader_record rec;
	struct error e;
	bool found;

	reader_seek(r, INT64_MIN);
	return reader_record(r, &rec, &found, &e) == 0 && found ?
		rec.sequence : INT64_MAX;
}

/* The last record that it says is in an archive. */
static int64_t archived_to(struct reader *r)
{
	struct reader_archive a;
	int64_t last = 0;
	struct error e;
	bool found;

	reader_seek(r, INT64_MIN);
	while (reader_archive(r, &a, &found, &e) == 0 && found)
		last = a.last;
	return last;
}

static int64_t last_of(struct reader *r)
{
	struct reader_record head;
	struct error e;

	return reader_head(r, &head, &e) == 0 ? head.sequence : INT64_MAX;
}

/* Where records are left over, the archive that has them comes first. */
static int compare_files(const void *a, const void *b)
{
	struct reader *one = *(struct reader *const *)a;
	struct reader *other = *(struct reader *const *)b;
	int64_t x = first_of(one), y = first_of(other);

	if (x == y) {
		x = archived_to(one);
		y = archived_to(other);
	}
	if (x == y) {
		x = last_of(one);
		y = last_of(other);
	}
	return x < y ? -1 : x > y;
}

/* --- an archive that is there too early ----------------------------------- */

/*
 * `signet evidence archive` was killed when the archive had its name, and the
 * evidence did not say so yet: all of it is in the next file, too, up to the
 * same hash.
 */
static bool is_early(struct reader *archive, struct reader *evidence)
{
	struct reader_record end, rec;
	struct error e;
	bool found;

	if (first_of(archive) != first_of(evidence) ||
	    archived_to(archive) != archived_to(evidence) ||
	    reader_head(archive, &end, &e) != 0)
		return false;
	reader_seek(evidence, end.sequence);
	return reader_record(evidence, &rec, &found, &e) == 0 && found &&
	       rec.sequence == end.sequence && slice_equal(rec.hash, end.hash);
}

/* Those are verified by themselves, and not in the row of files. */
static void take_early(struct verifying *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->readers_count; i++)
		if (i + 1 < w->readers_count &&
		    is_early(w->readers[i], w->readers[i + 1]))
			w->early[w->early_count++] = w->readers[i];
		else
			w->readers[kept++] = w->readers[i];
	w->readers_count = kept;
}

static int judge_early(struct verifying *w, struct verify *v)
{
	uint8_t hash[CHAIN_HASH];
	struct error e;
	int r = 0;

	for (size_t i = 0; i < w->early_count; i++) {
		struct reader *a = w->early[i];

		r = archive_verify(reader_path(a), (uint64_t)first_of(a),
				   (uint64_t)last_of(a), hash, &e);
		if (r == ERR_MALFORMED)
			verify_broken(v, e.message);
		else if (r != 0)
			return cli_failure(&e, reader_path(a));
		else
			cli_message(_("%s is not finished: what is in it, the"
				      " evidence still has; `signet evidence"
				      " archive` finishes it"),
				    reader_path(a));
	}
	return CLI_OK;
}

/* A file that is none is a finding, one that cannot be read is not. */
static int add_file(struct verifying *w, const char *path)
{
	struct error e;
	int r;

	if (w->readers_count == VERIFY_FILES) {
		cli_error(_("at most %u files at a time"), VERIFY_FILES);
		return CLI_USAGE;
	}
	r = reader_open(path, &w->readers[w->readers_count], &e);
	if (r == 0) {
		w->readers_count++;
		return CLI_OK;
	}
	if (r != ERR_MALFORMED)
		return cli_failure(&e, NULL);
	if (w->broken == NULL) {
		w->broken = path;
		w->broken_why = e;
	}
	return CLI_OK;
}

static int open_files(struct verifying *w)
{
	struct reader_record head;
	struct error e;
	int r = add_file(w, w->args->path);

	for (int i = 0; r == CLI_OK && i < w->args->count; i++)
		r = add_file(w, w->args->operands[i]);
	if (w->readers_count == 0)
		return r;
	qsort(w->readers, w->readers_count, sizeof(w->readers[0]),
	      compare_files);
	take_early(w);
	if (reader_head(w->readers[w->readers_count - 1], &head, &e) == 0)
		w->last = (uint64_t)head.sequence;
	return r;
}

static int load_options(struct verifying *w)
{
	const struct cli_evidence *a = w->args;
	struct error e;
	int r = 0;

	buf_init(&w->key, LIMIT_SPKI);
	buf_init(&w->tsa_ca, AUDITOR_FILE_MAX);
	if (a->checkpoint_key != NULL)
		r = auditor_key(a->checkpoint_key, &w->key, &e);
	if (r == 0 && a->tsa_ca != NULL)
		r = auditor_read(a->tsa_ca, &w->tsa_ca, &e);
	if (r == 0 && a->head != NULL)
		r = auditor_head(a->head, &w->options, &e);
	if (r != 0)
		return cli_failure(&e, NULL);
	w->options.key = buf_slice(&w->key);
	w->options.tsa_ca = buf_slice(&w->tsa_ca);
	w->options.whole = a->whole;
	w->options.stamped = a->stamped;
	w->options.failed = on_failure;
	w->options.progress = isatty(STDERR_FILENO) == 1 ? on_progress : NULL;
	w->options.arg = w;
	return CLI_OK;
}

/* --- all together --------------------------------------------------------- */

/* A signetd began to write while we read: look at it as one that is written. */
static bool stale(const struct verifying *w)
{
	for (size_t i = 0; i < w->readers_count; i++)
		if (reader_stale(w->readers[i]))
			return true;
	return false;
}

static int judge(struct verifying *w, struct verify *v)
{
	const struct verify_result *r;
	struct error e;
	int failed;

	if (w->broken != NULL)
		verify_broken(v, w->broken_why.message);
	failed = judge_early(w, v);
	if (failed != CLI_OK)
		return failed;
	for (size_t i = 0; i < w->readers_count; i++)
		if (verify_file(v, w->readers[i], &e) != 0)
			return cli_failure(&e, reader_path(w->readers[i]));
	r = verify_end(v);
	cli_term_clear();
	if (stale(w))
		return VERIFY_AGAIN;
	cli_evidence_report_print(&w->report, r);
	return r->failures == 0 ? CLI_OK : CLI_REFUSED;
}

static int verify_once(const struct cli_evidence *args)
{
	struct verifying w AUTO(verifying_fini) = { .args = args };
	struct verify *v = NULL;
	struct error e;
	int r = load_options(&w);

	cli_evidence_report_init(&w.report, args->common.json);
	if (r == CLI_OK)
		r = open_files(&w);
	if (r != CLI_OK)
		return r;
	if (verify_new(&w.options, &v, &e) != 0)
		return cli_failure(&e, NULL);
	r = judge(&w, v);
	verify_free(v);
	return r;
}

int cli_evidence_verify(const struct cli_evidence *args)
{
	int r = VERIFY_AGAIN;

	for (int i = 0; r == VERIFY_AGAIN && i < VERIFY_TIMES; i++)
		r = verify_once(args);
	if (r != VERIFY_AGAIN)
		return r;
	cli_error(_("%s changes while it is read; try again"), args->path);
	return CLI_FILE;
}
