/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner: processes that call the module directly, as many as there are cores.
 *
 * They are forked at the beginning, before any library has threads, load the
 * module each on its own, and wait.  A run names a time at which all begin.
 */
#ifndef SIGNET_BENCH_RUNNER_H
#define SIGNET_BENCH_RUNNER_H

#include "bench/key.h"
#include "bench/measure.h"

#define RUNNER_MAX 64

enum runner_work { RUNNER_SIGN, RUNNER_VERIFY };

struct runner_order {
	enum runner_work work;
	enum key_kind kind;
	unsigned processes; /* up to what runner_start() was told */
	unsigned threads;   /* in each; 1 or 2 */
	double seconds;
};

struct runner;

/* Fork and load.  ERR_MODULE, ERR_IO. */
int runner_start(unsigned processes, const char *module, const char *fixtures,
		 struct runner **out, struct error *e) MUST_CHECK;
/* Sum of all processes; blocks as long as it takes. */
int runner_run(struct runner *r, const struct runner_order *order,
	       struct measure *out, struct error *e) MUST_CHECK;
/* Ends the processes. */
void runner_stop(struct runner *r);

#endif
