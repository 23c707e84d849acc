/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry: what failed is tried again, ever later, and told once.
 */
#include "broker/retry.h"

#include "base/clock.h"
#include "base/log.h"

#define RETRY_FIRST_MS 1000u

bool retry_ready(const struct retry *r, int64_t now_ns)
{
	return now_ns >= r->at_ns;
}

void retry_failed(struct retry *r, const char *what, unsigned last_ms,
		  const struct error *why)
{
	if (r->failure.code == 0)
		log_failure(LOG_ERROR, NULL, what, why);
	r->failure = *why;
	r->pause_ms = r->pause_ms == 0 ? RETRY_FIRST_MS : r->pause_ms * 2;
	if (r->pause_ms > last_ms)
		r->pause_ms = last_ms;
	r->at_ns = clock_mono_ns() + r->pause_ms * CLOCK_NS_PER_MS;
}

void retry_good(struct retry *r, const char *again)
{
	if (r->failure.code != 0)
		log_write(LOG_INFO, NULL, "%s", again);
	*r = (struct retry){ .pause_ms = 0 };
}
