/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict: the figures that have a target, and whether it was reached.
 */
#ifndef SIGNET_BENCH_VERDICT_H
#define SIGNET_BENCH_VERDICT_H

#include <stdbool.h>

#include "bench/plan.h"

#define VERDICTS_MAX 32

struct verdict {
	enum key_kind kind;
	const char *name;
	double value;	 /* median of the rounds */
	double low, high; /* of the rounds */
	unsigned rounds; /* that count: see PLAN_OTHERS_MAX */
	bool disturbed;	 /* none does; value is of all, and tells nothing */
	double target;
	bool at_most; /* the target is an upper bound */
	bool reached;
};

/* Those that were measured, into out[VERDICTS_MAX]; how many is returned. */
unsigned verdict_make(const struct plan *p, struct verdict *out);

#endif
