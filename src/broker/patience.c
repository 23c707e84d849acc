/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience: a page whose dialogs are not approved waits longer and longer.
 */
#include "broker/patience.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

#define PATIENCE_FORGET_NS (LIMIT_PATIENCE_LAST_SECONDS * CLOCK_NS_PER_S)

void patience_fini(struct patience *p)
{
	free(p->list);
	*p = (struct patience){ .count = 0 };
}

static struct patience_entry *find(const struct patience *p, uid_t uid,
				   const char *origin)
{
	for (unsigned i = 0; i < p->count; i++)
		if (p->list[i].uid == uid &&
		    strcmp(p->list[i].origin, origin) == 0)
			return &p->list[i];
	return NULL;
}

static struct patience_entry *room(struct patience *p)
{
	struct patience_entry *first;

	if (p->list == NULL)
		p->list = calloc(PATIENCE_ENTRIES, sizeof(*p->list));
	if (p->list == NULL)
		return NULL;
	if (p->count < PATIENCE_ENTRIES)
		return &p->list[p->count++];
	first = &p->list[0];
	for (unsigned i = 1; i < p->count; i++)
		if (p->list[i].until_ns < first->until_ns)
			first = &p->list[i];
	return first;
}

/* Seconds to wait after so many refusals. */
static unsigned pause_of(const char *origin, unsigned refusals)
{
	unsigned seconds = LIMIT_PATIENCE_FIRST_SECONDS;
	unsigned free = strcmp(origin, PATIENCE_CANDIDATES) == 0 ? 1 :
							LIMIT_REFUSALS;

	if (refusals < free)
		return 0;
	for (unsigned i = free; i < refusals &&
	     seconds < LIMIT_PATIENCE_LAST_SECONDS; i++)
		seconds *= 2;
	return seconds < LIMIT_PATIENCE_LAST_SECONDS ? seconds :
		LIMIT_PATIENCE_LAST_SECONDS;
}

int patience_check(const struct patience *p, uid_t uid, const char *origin,
		   int64_t now_ns, struct error *e)
{
	const struct patience_entry *entry = find(p, uid, origin);
	unsigned seconds;

	if (entry == NULL || entry->until_ns <= now_ns)
		return 0;
	seconds = (unsigned)((entry->until_ns - now_ns - 1) / CLOCK_NS_PER_S +
			     1);
	if (origin[0] == '\0')
		error_set(e, ERR_QUOTA, "the user did not allow a page that"
			  " asked for it: no other may ask for %u s (`signet"
			  " origin allow` needs no wait)", seconds);
	else
		error_set(e, ERR_QUOTA, "the user did not agree %u times in a"
			  " row: %s may ask again in %u s", entry->refusals,
			  origin, seconds);
	e->retry_after = seconds;
	return ERR_QUOTA;
}

void patience_refused(struct patience *p, uid_t uid, const char *origin,
		      int64_t now_ns)
{
	struct patience_entry *entry = find(p, uid, origin);

	if (entry == NULL) {
		entry = room(p);
		if (entry == NULL)
			return;
		*entry = (struct patience_entry){ .uid = uid };
		snprintf(entry->origin, sizeof(entry->origin), "%s", origin);
	} else if (now_ns - entry->until_ns > PATIENCE_FORGET_NS) {
		entry->refusals = 0;
	}
	entry->refusals++;
	entry->until_ns = now_ns +
		pause_of(origin, entry->refusals) * CLOCK_NS_PER_S;
}

void patience_approved(struct patience *p, uid_t uid, const char *origin)
{
	struct patience_entry *entry = find(p, uid, origin);

	if (entry != NULL)
		*entry = p->list[--p->count];
}
