/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary: a batch in few lines.
 */
#include "content/summary.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/err.h"
#include "content/line.h"
#include "content/sum.h"

int content_summary_init(struct content_summary *s, struct error *e)
{
	*s = (struct content_summary){ .seen = json_object() };
	return s->seen == NULL ? content_line_no_memory(e) : 0;
}

void content_summary_fini(struct content_summary *s)
{
	if (s == NULL)
		return;
	json_decref(s->seen);
	free(s->sums);
	*s = (struct content_summary){ .items = 0 };
}

static int summary_payee(struct content_summary *s, const char *payee,
			 struct error *e)
{
	json_t *name;

	if (json_object_get(s->seen, payee) != NULL)
		return 0;
	name = json_string(payee);
	if (name == NULL || json_object_set_new(s->seen, payee, name) != 0)
		return content_line_no_memory(e);
	if (s->payees_count < LIMIT_PAYEES)
		s->payees[s->payees_count++] = json_string_value(name);
	else
		s->payees_more++;
	return 0;
}

int content_summary_add(struct content_summary *s, const struct content *c,
			struct error *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->sums_count; i++)
		r = content_sum_count(&s->sums, &s->sums_count,
				      c->sums[i].currency, c->sums[i].value,
				      e);
	for (size_t i = 0; r == 0 && i < c->payees_count; i++)
		r = summary_payee(s, c->payees[i], e);
	s->items++;
	s->blind += c->blind;
	s->payments += c->payments;
	return r;
}
