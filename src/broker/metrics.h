/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: what was counted since the start, for GET /metrics.
 *
 * In the loop only.  The journal counts for itself (journal_stats()), tokens
 * have their own times.
 */
#ifndef SIGNET_BROKER_METRICS_H
#define SIGNET_BROKER_METRICS_H

#include <stdint.h>

#include "base/histogram.h"

/* How a request ended, in the words of the evidence, and one more. */
enum metrics_outcome {
	METRICS_RELEASED,
	METRICS_REFUSED,
	METRICS_DECLINED,
	METRICS_FAILED,
	METRICS_CANCELLED,
	METRICS_REPEATED, /* an answer that an Idempotency-Key had got */
	METRICS_OUTCOMES
};

const char *metrics_outcome_name(enum metrics_outcome outcome);

struct metrics {
	uint64_t requests[METRICS_OUTCOMES];
	struct histogram dialogs;   /* open, until it was answered */
	struct histogram recording; /* a signature waited for its record */
};

/* Of one token: an operation of a worker is a signature or a batch. */
struct metrics_token {
	uint64_t signatures; /* released */
	struct histogram waiting;   /* approved, until the token was free */
	struct histogram executing; /* until the last signature was there */
};

#endif
