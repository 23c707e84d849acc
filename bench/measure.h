/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: what one timed run gave.
 */
#ifndef SIGNET_BENCH_MEASURE_H
#define SIGNET_BENCH_MEASURE_H

#include "bench/cpu.h"
#include "bench/stats.h"

struct measure {
	double seconds;
	uint64_t done;	/* in that time */
	uint64_t errors; /* answers other than 201, and wrong signatures */
	uint64_t verified; /* signatures verified here, of those done */
	char error[256]; /* the first of them */
	struct stats latency;
	struct cpu cpu; /* used in that time */
};

#endif
