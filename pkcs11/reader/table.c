/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: the readers pcscd has, and what was told of each.
 */
#include "pkcs11/reader/table.h"

#include <stdio.h>
#include <string.h>

#define TABLE_EVENTS(state) ((uint32_t)((state) >> 16) & 0xffff)
#define TABLE_CARD (SCARD_STATE_PRESENT | SCARD_STATE_EMPTY)

static void table_tell(struct reader_table *t, const struct reader_entry *r,
		       bool swapped)
{
	struct wire_reader m = {
		.state = r->state,
		.swapped = swapped,
		.events = r->events,
		.atr = slice_of(r->atr, r->atr_len),
	};

	snprintf(m.name, sizeof(m.name), "%s", r->name);
	t->tell(t->arg, &m);
}

static void table_drop(struct reader_table *t, unsigned i)
{
	struct reader_entry *r = &t->entries[i];

	if (r->told && r->state != WIRE_READER_GONE) {
		r->state = WIRE_READER_GONE;
		r->atr_len = 0;
		table_tell(t, r, false);
	}
	t->count--;
	memmove(r, r + 1, (t->count - i) * sizeof(*r));
}

/* --- names ------------------------------------------------------------- */

/* The next of the names, or NULL; *at moves on. */
static const char *table_name(const char *names, size_t len, size_t *at)
{
	const char *name = names + *at;
	size_t n;

	if (*at >= len)
		return NULL;
	n = strnlen(name, len - *at);
	if (n == 0 || n == len - *at)
		return NULL;
	*at += n + 1;
	return name;
}

static bool table_named(const char *names, size_t len, const char *wanted)
{
	const char *name;
	size_t at = 0;

	while ((name = table_name(names, len, &at)) != NULL)
		if (strcmp(name, wanted) == 0)
			return true;
	return false;
}

static bool table_add(struct reader_table *t, const char *name)
{
	struct reader_entry *r;

	for (unsigned i = 0; i < t->count; i++)
		if (strcmp(t->entries[i].name, name) == 0)
			return false;
	if (t->count == READER_TABLE_MAX || strlen(name) >= MAX_READERNAME)
		return false;
	r = &t->entries[t->count++];
	memset(r, 0, sizeof(*r));
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->seen = SCARD_STATE_UNAWARE;
	return true;
}

bool reader_table_names(struct reader_table *t, const char *names, size_t len)
{
	const char *name;
	bool changed = false;
	size_t at = 0;

	for (unsigned i = t->count; i-- > 0;) {
		if (table_named(names, len, t->entries[i].name))
			continue;
		table_drop(t, i);
		changed = true;
	}
	while ((name = table_name(names, len, &at)) != NULL)
		changed |= table_add(t, name);
	return changed;
}

/* --- states ------------------------------------------------------------- */

unsigned reader_table_ask(const struct reader_table *t, bool mute,
			  SCARD_READERSTATE *states)
{
	for (unsigned i = 0; i < t->count; i++) {
		memset(&states[i], 0, sizeof(states[i]));
		states[i].szReader = t->entries[i].name;
		states[i].dwCurrentState = t->entries[i].seen;
		if (!mute && t->entries[i].state == WIRE_READER_MUTE)
			states[i].dwCurrentState |= SCARD_STATE_IGNORE;
	}
	return t->count;
}

unsigned reader_table_mute(const struct reader_table *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->count; i++)
		n += t->entries[i].state == WIRE_READER_MUTE;
	return n;
}

static enum wire_reader_state table_state(DWORD event)
{
	if ((event & SCARD_STATE_UNAVAILABLE) != 0)
		return WIRE_READER_GONE;
	if ((event & SCARD_STATE_EMPTY) != 0)
		return WIRE_READER_EMPTY;
	if ((event & SCARD_STATE_MUTE) != 0)
		return WIRE_READER_MUTE;
	if ((event & SCARD_STATE_EXCLUSIVE) != 0)
		return WIRE_READER_EXCLUSIVE;
	return WIRE_READER_PRESENT;
}

static bool table_same(const struct reader_entry *a,
		       const struct reader_entry *b)
{
	return a->told && a->state == b->state && a->events == b->events &&
	       slice_equal(slice_of(a->atr, a->atr_len),
			   slice_of(b->atr, b->atr_len));
}

/* What the answer says of a reader that is there; true: it was told. */
static bool table_update(struct reader_table *t, struct reader_entry *r,
			 const SCARD_READERSTATE *s)
{
	struct reader_entry now = *r;
	bool swapped;

	now.seen = s->dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
	now.state = table_state(s->dwEventState);
	/* An unavailable reader comes without its count. */
	if (now.state != WIRE_READER_GONE)
		now.events = TABLE_EVENTS(s->dwEventState);
	now.atr_len = 0;
	if (wire_reader_has_card(now.state) && s->cbAtr <= MAX_ATR_SIZE) {
		now.atr_len = s->cbAtr;
		memcpy(now.atr, s->rgbAtr, now.atr_len);
	}
	r->seen = now.seen;
	if (table_same(r, &now))
		return false;
	swapped = r->told && wire_reader_has_card(r->state) &&
		  wire_reader_has_card(now.state) && r->events != now.events;
	*r = now;
	r->told = true;
	table_tell(t, r, swapped);
	return true;
}

bool reader_table_take(struct reader_table *t, const SCARD_READERSTATE *states)
{
	bool changed = false;

	for (unsigned i = t->count; i-- > 0;) {
		struct reader_entry *r = &t->entries[i];
		DWORD event = states[i].dwEventState;

		if ((states[i].dwCurrentState & SCARD_STATE_IGNORE) != 0)
			continue;
		if ((event & SCARD_STATE_UNKNOWN) != 0) {
			table_drop(t, i);
			changed = true;
		} else if ((event & (TABLE_CARD | SCARD_STATE_UNAVAILABLE)) ==
			   0) {
			/* Just plugged in, not yet looked into.  Asked with
			 * both, the wait ends as soon as one is known; with
			 * 0, as it is, every wait would end at once. */
			r->seen = TABLE_CARD;
		} else {
			changed |= table_update(t, r, &states[i]);
		}
	}
	return changed;
}

bool reader_table_uncounted(const struct reader_table *t)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->entries[i].told && t->entries[i].events == 0 &&
		    wire_reader_has_card(t->entries[i].state))
			return true;
	return false;
}

void reader_table_clear(struct reader_table *t)
{
	t->count = 0;
}
