/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origins: /v1/origins, the pages that the user has allowed.
 *
 * A page asks for itself, and the user answers in a dialog.  Programs of the
 * user list, allow and take back what is that user's.
 */
#include "api/origins.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/members.h"
#include "api/route.h"
#include "base/clock.h"
#include "base/writer.h"
#include "broker/pairing.h"

/* --- answers ------------------------------------------------------------ */

/* entry: NULL for a page that a rule names. */
static void put_origin(struct writer *j, const char *origin,
		       const struct origins_entry *entry)
{
	char since[CLOCK_RFC3339_SIZE];

	writer_open(j, NULL, '{');
	writer_text(j, "origin", origin);
	writer_text(j, "by", entry == NULL ? "rule" : origins_by(entry));
	if (entry != NULL) {
		clock_format(entry->since, since);
		writer_text(j, "since", since);
	}
	writer_close(j, '}');
}

static void put_allowed(struct writer *j, const struct exchange *x)
{
	const struct origins *o = &x->broker->origins;

	for (unsigned i = 0; i < o->count; i++)
		if (o->list[i].uid == x->caller->uid)
			put_origin(j, o->list[i].origin, &o->list[i]);
}

/* Several rules may name it: the first of them counts. */
static bool is_named_before(const struct policy *p, unsigned rule,
			    const char *origin)
{
	const struct policy before = { .rules = p->rules,
				       .rules_count = rule };

	return policy_knows_page(&before, origin, false);
}

void api_origins_put(struct writer *j, const char *name,
		     const struct exchange *x)
{
	const struct policy *p = &x->broker->settings->policy;

	writer_open(j, name, '[');
	for (unsigned i = 0; i < p->rules_count; i++) {
		const struct policy_rule *r = &p->rules[i];

		for (unsigned k = 0; r->outcome != POLICY_DENY &&
		     r->match.paired == NULL && k < r->match.origin_count; k++)
			if (!is_named_before(p, i, r->match.origin[k]))
				put_origin(j, r->match.origin[k], NULL);
	}
	put_allowed(j, x);
	writer_close(j, ']');
}

static void answer_origin(struct exchange *x, unsigned status,
			  const char *origin)
{
	struct buf text;
	struct writer j = writer_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	put_origin(&j, origin, origins_find(&x->broker->origins,
					    x->caller->uid, origin));
	exchange_answer(x, status, &text);
}

void api_origins_get(struct exchange *x)
{
	const struct origins *o = &x->broker->origins;
	struct buf text;
	struct writer j = writer_of(&text);

	if (o->failure.code != 0) {
		exchange_refuse(x, &o->failure, NULL);
		return;
	}
	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_open(&j, "origins", '[');
	put_allowed(&j, x);
	writer_close(&j, ']');
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

void api_origins_delete(struct exchange *x)
{
	const char *origin = exchange_query(x, "origin");
	struct buf text;
	struct writer j = writer_of(&text);
	struct error e;
	int r;

	r = origin == NULL ? error_set(&e, ERR_MALFORMED, "say which: "
				       "?origin=https%%3A%%2F%%2Fhost") :
		pairing_revoke(x->broker, x->caller, origin, &e);
	if (r != 0) {
		exchange_refuse(x, &e, NULL);
		return;
	}
	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_text(&j, "origin", origin);
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

/* --- a page asks -------------------------------------------------------- */

static void page_done(struct pairing *p, const struct error *failure)
{
	struct exchange *x = p->done_arg;

	if (x != NULL) {
		x->gone = NULL;
		x->pairing = NULL;
		if (failure == NULL)
			answer_origin(x, 201, p->caller.origin);
		else
			exchange_refuse(x, failure, NULL);
	}
	free(p);
}

static void page_gone(struct exchange *x)
{
	struct pairing *p = x->pairing;

	x->gone = NULL;
	x->pairing = NULL;
	p->done_arg = NULL;
	pairing_cancel(p, "the page has gone");
}

static void page_asks(struct exchange *x)
{
	struct pairing *p = calloc(1, sizeof(*p));
	struct error e;

	if (p == NULL) {
		error_set(&e, ERR_NO_MEMORY, "no memory for a request");
		exchange_refuse(x, &e, NULL);
		return;
	}
	p->caller = *x->caller;
	p->done = page_done;
	p->done_arg = x;
	x->pairing = p;
	x->gone = page_gone;
	pairing_start(x->broker, p);
}

/* Nobody is asked for what stands already. */
static bool page_is_allowed(const struct exchange *x)
{
	const struct broker *b = x->broker;
	const char *origin = x->caller->origin;

	return pairing_stands(b, x->caller->uid, origin) ||
	       policy_knows_page(&b->settings->policy, origin, false);
}

/* --- the request -------------------------------------------------------- */

/* A page asks for itself and nobody else; a program says for which one. */
static int origin_member(const struct exchange *x, json_t *root,
			 char out[ORIGIN_SIZE], struct error *e)
{
	const char *page = x->caller->origin, *origin = NULL;
	const struct member members[] = {
		{ "origin", .text = &origin },
	};
	int r = members_read(root, "the request", members, ARRAY_LEN(members),
			     e);

	if (r != 0)
		return r;
	if (page[0] != '\0' && origin != NULL)
		return error_set(e, ERR_MALFORMED, "a page asks for itself:"
				 " leave origin out");
	if (page[0] == '\0' && origin == NULL)
		return error_set(e, ERR_MALFORMED, "origin is missing");
	if (origin != NULL && strlen(origin) >= ORIGIN_SIZE)
		return error_set(e, ERR_MALFORMED, "origin has at most %u"
				 " bytes", ORIGIN_SIZE - 1);
	snprintf(out, ORIGIN_SIZE, "%s", origin == NULL ? page : origin);
	return 0;
}

static int parse(struct exchange *x, char out[ORIGIN_SIZE], struct error *e)
{
	json_auto_t *root = NULL;
	int r = exchange_json(x, &root, e);

	if (r != 0)
		return r;
	return origin_member(x, root, out, e);
}

void api_origins_post(struct exchange *x)
{
	char origin[ORIGIN_SIZE];
	struct error e;
	int r = parse(x, origin, &e);

	if (r == 0 && x->caller->origin[0] == '\0')
		r = pairing_allow(x->broker, x->caller, origin, &e);
	if (r != 0)
		exchange_refuse(x, &e, NULL);
	else if (x->caller->origin[0] == '\0')
		answer_origin(x, 201, origin);
	else if (page_is_allowed(x))
		answer_origin(x, 200, origin);
	else
		page_asks(x);
}
