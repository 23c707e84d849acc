/* SPDX-License-Identifier: Apache-2.0 */
/*
 * histogram: how long things took, in fixed buckets.
 */
#ifndef SIGNET_BASE_HISTOGRAM_H
#define SIGNET_BASE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 16u

/* Upper bounds in microseconds; the last bucket has none. */
extern const uint32_t histogram_bound_us[HISTOGRAM_BUCKETS - 1];

/* Zeroed: empty. */
struct histogram {
	uint64_t buckets[HISTOGRAM_BUCKETS]; /* how many in each */
	uint64_t ns; /* the sum of all */
};

/* A negative time, of a clock that was read in the wrong order, counts as 0. */
void histogram_add(struct histogram *h, int64_t ns);

uint64_t histogram_count(const struct histogram *h);

#endif
