/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: GET /v1/evidence and /v1/evidence/{seq}: records of the caller's
 * own requests.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/route.h"
#include "base/err.h"
#include "base/writer.h"
#include "broker/own_records.h"

/* Digits only, and what SQLite can count to. */
static bool number(const char *text, uint64_t *out)
{
	char *end;

	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *out <= INT64_MAX;
}

static void refuse(struct exchange *x, int code, const char *text)
{
	struct error e;

	error_set(&e, code, "%s", text);
	exchange_refuse(x, &e, NULL);
}

static void answer_list(struct exchange *x, const struct own_records *r)
{
	struct buf text;
	struct writer j = writer_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_open(&j, "records", '[');
	buf_put_slice(&text, buf_slice(&r->text));
	writer_close(&j, ']');
	if (r->next > 0)
		writer_int(&j, "next", (int64_t)r->next);
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

/* Of somebody else, in an archive, or never: all the same to the caller. */
static void answer_one(struct exchange *x, const struct own_records *r)
{
	struct buf text;

	if (r->count == 0) {
		refuse(x, ERR_NO_SUCH_RECORD, "the evidence has no record of"
		       " that number of a request of yours");
		return;
	}
	buf_init(&text, EXCHANGE_TEXT_MAX);
	buf_put_slice(&text, buf_slice(&r->text));
	exchange_answer(x, 200, &text);
}

static void evidence_done(struct own_records *r, void *arg)
{
	struct exchange *x = arg;

	x->gone = NULL;
	x->own_records = NULL;
	if (r->result != 0)
		exchange_refuse(x, &r->error, NULL);
	else if (r->query.one)
		answer_one(x, r);
	else
		answer_list(x, r);
}

/* It is read all the same, for nobody. */
static void evidence_gone(struct exchange *x)
{
	x->gone = NULL;
	x->own_records->done = NULL;
	x->own_records = NULL;
}

static void evidence_start(struct exchange *x, uint64_t after, bool one)
{
	struct own_records *r;
	struct error e;

	if (own_records_new(x->broker, x->caller, &r, &e) != 0) {
		exchange_refuse(x, &e, NULL);
		return;
	}
	r->query.after = after;
	r->query.one = one;
	r->done = evidence_done;
	r->arg = x;
	x->own_records = r;
	x->gone = evidence_gone;
	own_records_start(r);
}

void api_evidence_list(struct exchange *x)
{
	const char *after = exchange_query(x, "after");
	uint64_t from = 0;

	if (after != NULL && !number(after, &from))
		refuse(x, ERR_MALFORMED, "after is the number of a record");
	else
		evidence_start(x, from, false);
}

void api_evidence_get(struct exchange *x)
{
	uint64_t sequence;

	if (!number(x->argument, &sequence) || sequence == 0)
		refuse(x, ERR_MALFORMED, "a record has a number from 1 on");
	else
		evidence_start(x, sequence - 1, true);
}
