/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry: what failed is tried again, ever later, and told once.
 *
 * For things that signetd does by itself, while everything else goes on.
 */
#ifndef SIGNET_BROKER_RETRY_H
#define SIGNET_BROKER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Zeroed: nothing has failed. */
struct retry {
	struct error failure; /* the last one; code 0: it went well */
	int64_t at_ns;	      /* CLOCK_MONOTONIC: not before */
	unsigned pause_ms;
};

bool retry_ready(const struct retry *r, int64_t now_ns);

/*
 * It has failed: the next attempt is after a second, then after twice as much,
 * up to last_ms.  The first failure is logged as "what: why".
 */
void retry_failed(struct retry *r, const char *what, unsigned last_ms,
		  const struct error *why);

/* It went well; logs "again" if it was logged that it did not. */
void retry_good(struct retry *r, const char *again);

#endif
