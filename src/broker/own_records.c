/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_records: callers that read the evidence of their own requests.
 */
#include "broker/own_records.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/writer.h"
#include "broker/broker.h"

static void own_records_free(struct own_records *r)
{
	buf_fini(&r->text);
	free(r);
}

int own_records_new(struct broker *b, const struct caller *caller,
		    struct own_records **out, struct error *e)
{
	struct own_records *r;

	if (b->own_records_count >= LIMIT_OWN_WAITING)
		return error_set(e, ERR_QUOTA, "%u others read the evidence;"
				 " ask again later", LIMIT_OWN_WAITING);
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	r->broker = b;
	r->caller = *caller;
	snprintf(r->file, sizeof(r->file), "%s",
		 b->recording.settings->evidence.file);
	r->query = (struct own_query){ .file = r->file, .uid = caller->uid,
				       .origin = r->caller.origin };
	buf_init(&r->text, LIMIT_OWN_RECORD + 2 * LIMIT_OWN_BYTES);
	*out = r;
	return 0;
}

/* The record is JSON already, and goes out as it is: its hash is of that. */
static void put_record(void *arg, const struct own_record *record)
{
	struct own_records *r = arg;
	struct writer j = writer_of(&r->text);

	if (r->count++ > 0)
		buf_put_str(&r->text, ",");
	writer_open(&j, NULL, '{');
	writer_int(&j, "seq", (int64_t)record->sequence);
	writer_hex(&j, "hash", record->hash);
	if (record->text.len > 0)
		writer_raw(&j, "record", record->text);
	writer_close(&j, '}');
}

static void own_records_run(struct compute_job *job)
{
	struct own_records *r = (struct own_records *)
		((char *)job - offsetof(struct own_records, job));

	r->result = own_read(&r->query, put_record, r, &r->next, &r->error);
	if (r->result == 0 && buf_error(&r->text) != 0)
		r->result = error_set(&r->error, ERR_NO_MEMORY, "no memory");
}

static void next_one(struct broker *b)
{
	struct own_records *r = TAILQ_FIRST(&b->own_records);

	if (r != NULL)
		compute_submit(b->compute, &r->job);
}

static void own_records_done(struct compute_job *job)
{
	struct own_records *r = (struct own_records *)
		((char *)job - offsetof(struct own_records, job));
	struct broker *b = r->broker;

	TAILQ_REMOVE(&b->own_records, r, entry);
	b->own_records_count--;
	if (r->done != NULL)
		r->done(r, r->arg);
	own_records_free(r);
	next_one(b);
}

void own_records_start(struct own_records *r)
{
	struct broker *b = r->broker;

	r->job.run = own_records_run;
	r->job.done = own_records_done;
	TAILQ_INSERT_TAIL(&b->own_records, r, entry);
	if (b->own_records_count++ == 0)
		next_one(b);
}

void own_records_stop(struct broker *b)
{
	struct own_records *r;

	while ((r = TAILQ_FIRST(&b->own_records)) != NULL) {
		TAILQ_REMOVE(&b->own_records, r, entry);
		own_records_free(r);
	}
}
