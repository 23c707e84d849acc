/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate: at most so many signatures in any so many seconds.
 */
#include "policy/rate.h"

#include <string.h>

#define RATE_NS 1000000000
#define RATE_KEPT (POLICY_RATE_SLOTS + 1)

static int64_t slot_width(unsigned seconds)
{
	return ((int64_t)seconds * RATE_NS + POLICY_RATE_SLOTS - 1) /
	       POLICY_RATE_SLOTS;
}

/* Slots that have left the window are empty again. */
static void rate_advance(struct policy_rate_window *w, unsigned seconds,
			 int64_t slot)
{
	int64_t gone = slot - w->slot;

	/* After a reload with another window nothing of the old one fits. */
	if (w->seconds != seconds || gone >= RATE_KEPT) {
		memset(w->used, 0, sizeof(w->used));
		w->seconds = seconds;
		w->slot = slot;
	}
	while (w->slot < slot) {
		w->slot++;
		w->used[w->slot % RATE_KEPT] = 0;
	}
}

/* The moment when enough of the oldest slots have left for excess to fit. */
static int64_t free_at(const struct policy_rate_window *w, uint64_t excess,
		       int64_t width)
{
	for (int64_t s = w->slot - RATE_KEPT + 1; s <= w->slot; s++) {
		uint32_t used = s < 0 ? 0 : w->used[s % RATE_KEPT];

		if (used >= excess)
			return (s + RATE_KEPT) * width;
		excess -= used;
	}
	return 0;
}

bool policy_rate_take(struct policy_rate_window *w,
		      const struct policy_rate *rate, unsigned count,
		      int64_t now_ns, unsigned *wait)
{
	int64_t width = slot_width(rate->seconds);
	uint64_t used = 0;

	*wait = 0;
	if (count > rate->count || width == 0)
		return false;
	rate_advance(w, rate->seconds, now_ns / width);
	for (unsigned i = 0; i < RATE_KEPT; i++)
		used += w->used[i];
	if (used + count > rate->count) {
		int64_t ns = free_at(w, used + count - rate->count, width) -
			     now_ns;

		*wait = ns <= 0 ? 1 : (unsigned)((ns - 1) / RATE_NS + 1);
		return false;
	}
	w->used[w->slot % RATE_KEPT] += count;
	return true;
}
