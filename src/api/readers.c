/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: the part of GET /v1/status about readers and cards.
 */
#include "api/readers.h"

#include "base/problem.h"
#include "base/clock.h"
#include "base/writer.h"
#include "broker/cards.h"
#include "broker/module.h"

static const char *const service_states[] = {
	[0] = "starting",
	[WIRE_SERVICE_RUNNING] = "running",
	[WIRE_SERVICE_DOWN] = "down",
	[WIRE_SERVICE_REFUSED] = "refused",
	[WIRE_SERVICE_FAILED] = "failed",
};

static const char *const reader_states[] = {
	[WIRE_READER_EMPTY] = "empty",
	[WIRE_READER_PRESENT] = "present",
	[WIRE_READER_MUTE] = "mute",
	[WIRE_READER_EXCLUSIVE] = "exclusive",
	[WIRE_READER_GONE] = "gone",
};

/* What is wrong and what helps, or NULL. */
static const char *reader_advice(const struct reader *r)
{
	if (r->state == WIRE_READER_MUTE)
		return "the card does not answer: take it out, look which side"
		       " is up, and put it in again";
	if (r->state == WIRE_READER_EXCLUSIVE)
		return "another program keeps the card for itself: close it";
	return NULL;
}

/* Who serves its card, or why nobody does. */
static void put_card(struct writer *j, const struct card *c)
{
	if (c == NULL) {
		writer_null(j, "card");
		return;
	}
	writer_open(j, "card", '{');
	writer_text(j, "state", card_state_name(c->state));
	writer_text_or_null(j, "module", c->module == NULL ? NULL :
			    c->module->config->name);
	if (c->error.code != 0)
		problem_put(j, "error", &c->error, NULL);
	else
		writer_null(j, "error");
	writer_int(j, "resets", c->resets);
	writer_close(j, '}');
}

static void put_reader(struct writer *j, const struct reader *r,
		       const struct cards *cards)
{
	char since[CLOCK_RFC3339_SIZE];

	clock_format(r->since, since);
	writer_open(j, NULL, '{');
	writer_text(j, "name", r->name);
	writer_text(j, "state", reader_states[r->state]);
	if (r->atr_len > 0)
		writer_hex(j, "atr", slice_of(r->atr, r->atr_len));
	else
		writer_null(j, "atr");
	writer_text(j, "since", since);
	writer_text_or_null(j, "advice", reader_advice(r));
	put_card(j, cards_find(cards, r->name));
	writer_close(j, '}');
}

void api_readers_put(struct writer *j, const struct readers *readers,
		     const struct cards *cards)
{
	const struct wire_service *service;
	const struct reader *r;

	if (readers == NULL) {
		writer_null(j, "pcsc");
		return;
	}
	writer_open(j, "pcsc", '{');
	service = readers_service(readers);
	writer_text(j, "state", service_states[service->state]);
	writer_text_or_null(j, "advice", service->text);
	writer_bool(j, "complete", readers_complete(readers));
	writer_open(j, "readers", '[');
	for (unsigned i = 0; (r = readers_at(readers, i)) != NULL; i++)
		put_reader(j, r, cards);
	writer_close(j, ']');
	writer_close(j, '}');
}
