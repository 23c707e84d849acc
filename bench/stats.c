/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stats: a histogram of times, small enough to lie in shared memory.
 *
 * Buckets are as wide as 1/128 of the power of two that they lie in.
 */
#include "bench/stats.h"

#include <stdlib.h>

#include "base/attr.h"

/* log2(STATS_PARTS): below this every ns has its bucket. */
#define PARTS_LOG2 7u

static unsigned bucket_of(uint64_t ns)
{
	unsigned power, i;

	if (ns < STATS_PARTS)
		return (unsigned)ns;
	power = 63u - (unsigned)__builtin_clzll(ns) - PARTS_LOG2;
	i = (power + 1) * STATS_PARTS +
	    (unsigned)((ns >> power) - STATS_PARTS);
	return i < STATS_PARTS * STATS_POWERS ? i :
		STATS_PARTS * STATS_POWERS - 1;
}

static double bucket_middle(unsigned i)
{
	unsigned power = i / STATS_PARTS;
	uint64_t width = power == 0 ? 1 : UINT64_C(1) << (power - 1);
	uint64_t low = power == 0 ? i :
		(i % STATS_PARTS + STATS_PARTS) * width;

	return (double)low + (double)width / 2;
}

void stats_add(struct stats *s, int64_t ns)
{
	uint64_t n = ns < 0 ? 0 : (uint64_t)ns;

	s->bucket[bucket_of(n)]++;
	s->count++;
	if (n > s->max_ns)
		s->max_ns = n;
}

void stats_merge(struct stats *into, const struct stats *from)
{
	for (unsigned i = 0; i < ARRAY_LEN(into->bucket); i++)
		into->bucket[i] += from->bucket[i];
	into->count += from->count;
	if (from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
}

double stats_quantile_us(const struct stats *s, double q)
{
	double wanted = q * (double)s->count;
	uint64_t seen = 0;

	for (unsigned i = 0; i < ARRAY_LEN(s->bucket); i++) {
		seen += s->bucket[i];
		if (seen > 0 && (double)seen >= wanted)
			return bucket_middle(i) / 1000;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double stats_median(double *values, unsigned n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), compare);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}
