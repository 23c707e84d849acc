/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate: at most so many signatures in any so many seconds.
 *
 * A sliding window of fixed size: it is cut into slots, and a slot counts until
 * all of it is out of the window.  So no window has more than was allowed, and
 * what was taken is free again at most one slot (1/64 of the window) late.
 * Pure: the time is an argument.
 */
#ifndef SIGNET_POLICY_RATE_H
#define SIGNET_POLICY_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "policy/policy.h"

#define POLICY_RATE_SLOTS 64

/* All zeros is one that has counted nothing. */
struct policy_rate_window {
	uint32_t used[POLICY_RATE_SLOTS + 1]; /* a slot beside the window */
	int64_t slot;	  /* number of the newest slot since time 0 */
	unsigned seconds; /* that the slots were cut by */
};

/*
 * Take count at once, at now_ns of a clock that does not go back.  False when
 * that would be too many: then *wait is the number of seconds (at least 1) to
 * the moment when they are free, 0 when that never comes, and nothing is taken.
 */
bool policy_rate_take(struct policy_rate_window *w,
		      const struct policy_rate *rate, unsigned count,
		      int64_t now_ns, unsigned *wait) MUST_CHECK;

#endif
