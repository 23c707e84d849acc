/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stats: a histogram of times, small enough to lie in shared memory.
 */
#ifndef SIGNET_BENCH_STATS_H
#define SIGNET_BENCH_STATS_H

#include <stdint.h>

/* A power of two is parted in so many: a quantile is 1 % off at most. */
#define STATS_PARTS 128u
/* From nothing to 2^36 ns, which is a minute; longer counts as that. */
#define STATS_POWERS 30u

struct stats {
	uint64_t count;
	uint64_t max_ns;
	uint32_t bucket[STATS_PARTS * STATS_POWERS];
};

void stats_add(struct stats *s, int64_t ns);
void stats_merge(struct stats *into, const struct stats *from);

/* The time, in us, that a share q (0 to 1) of all did not exceed; 0 if none. */
double stats_quantile_us(const struct stats *s, double q);

/* Of n values: the middle one (the mean of two).  Sorts them. */
double stats_median(double *values, unsigned n);

#endif
