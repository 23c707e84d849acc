/* SPDX-License-Identifier: Apache-2.0 */
/*
 * histogram: how long things took, in fixed buckets.
 */
#include "base/histogram.h"

/* From an fsync of a fast disk to a person who thinks it over. */
const uint32_t histogram_bound_us[HISTOGRAM_BUCKETS - 1] = {
	50,    100,    250,    500,	1000,	 2500,	  5000,	    10000,
	25000, 100000, 250000, 1000000, 5000000, 30000000, 120000000,
};

void histogram_add(struct histogram *h, int64_t ns)
{
	uint64_t took = ns < 0 ? 0 : (uint64_t)ns;
	unsigned i = 0;

	while (i < HISTOGRAM_BUCKETS - 1 &&
	       took > (uint64_t)histogram_bound_us[i] * 1000)
		i++;
	h->buckets[i]++;
	h->ns += took;
}

uint64_t histogram_count(const struct histogram *h)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += h->buckets[i];
	return n;
}
