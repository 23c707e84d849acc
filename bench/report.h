/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the figures as a table for people, and as JSON.
 */
#ifndef SIGNET_BENCH_REPORT_H
#define SIGNET_BENCH_REPORT_H

#include "bench/plan.h"

/* To stdout: the machine, a table for each kind of key, the verdicts. */
void report_text(const struct plan *p);

/* The same, with the figures of each round.  ERR_IO. */
int report_json(const struct plan *p, const char *path, struct error *e)
	MUST_CHECK;

/* Answers other than 201, and signatures that do not verify. */
uint64_t report_errors(const struct plan *p);

#endif
