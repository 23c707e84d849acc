/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoints: how the signing of the evidence stands, for GET /v1/status.
 */
#include "api/checkpoints.h"

#include "base/problem.h"
#include "base/clock.h"
#include "broker/broker.h"

static void put_failure(struct writer *j, const struct retry *r)
{
	if (r->failure.code != 0)
		problem_put(j, "error", &r->failure, NULL);
	else
		writer_null(j, "error");
}

static void put_stamps(struct writer *j, const struct recording *rec)
{
	const struct stamps *s = &rec->stamps;

	if (rec->settings->evidence.tsa.url == NULL) {
		writer_null(j, "stamps");
		return;
	}
	writer_open(j, "stamps", '{');
	writer_int(j, "made", (int64_t)s->made);
	if (s->waiting != 0)
		writer_int(j, "waiting", (int64_t)s->waiting);
	else
		writer_null(j, "waiting");
	put_failure(j, &s->retry);
	writer_close(j, '}');
}

/* The file, how full it is, and whether it can be written. */
static void put_file(struct writer *j, const struct recording *rec,
		     const struct journal_stats *stats)
{
	struct error e = rec->retry.failure;

	if (rec->journal != NULL && journal_able(rec->journal, &e) == 0)
		error_clear(&e);
	writer_text(j, "file", rec->settings->evidence.file);
	writer_int(j, "bytes", (int64_t)stats->bytes);
	writer_int(j, "bytes_limit", (int64_t)stats->bytes_limit);
	writer_int(j, "sequence", (int64_t)stats->last_sequence);
	if (e.code != 0)
		problem_put(j, "error", &e, NULL);
	else
		writer_null(j, "error");
}

void api_checkpoints_put(struct writer *j, const struct broker *b)
{
	const struct recording *rec = &b->recording;
	struct journal_stats stats = { .checkpoints = 0 };

	if (rec->journal != NULL)
		journal_stats(rec->journal, &stats);
	put_file(j, rec, &stats);
	writer_open(j, "checkpoints", '{');
	writer_int(j, "count", (int64_t)stats.checkpoints);
	writer_int(j, "sequence", (int64_t)stats.checkpoint_sequence);
	writer_int(j, "waiting_seconds", stats.unsigned_ns / CLOCK_NS_PER_S);
	put_failure(j, &rec->checkpoints.retry);
	writer_close(j, '}');
	put_stamps(j, rec);
}
