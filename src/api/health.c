/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health: GET /v1/health.
 */
#include "api/health.h"

#include "api/exchange.h"
#include "api/route.h"
#include "broker/health.h"

#define HEALTH_SICK 503

struct reasons {
	struct writer *j;
	unsigned count;
};

static void put_reason(void *arg, const char *text)
{
	struct reasons *r = arg;

	if (r->count++ == 0) {
		writer_text(r->j, "status", "unhealthy");
		writer_open(r->j, "reasons", '[');
	}
	writer_text(r->j, NULL, text);
}

bool api_health_put(struct writer *j, const char *name, struct broker *b)
{
	struct reasons r = { j, 0 };

	writer_open(j, name, '{');
	health_each(b, put_reason, &r);
	if (r.count > 0)
		writer_close(j, ']');
	else
		writer_text(j, "status", "ok");
	writer_close(j, '}');
	return r.count == 0;
}

void api_health_get(struct exchange *x)
{
	struct buf text;
	struct writer j = writer_of(&text);
	bool ok;

	buf_init(&text, EXCHANGE_TEXT_MAX);
	ok = api_health_put(&j, NULL, x->broker);
	/* No problem document: the answer is what was asked for. */
	exchange_answer_text(x, ok ? 200 : HEALTH_SICK, "application/json",
			     &text);
}
