/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpu: processor time that signetd, its workers and this program have used.
 */
#ifndef SIGNET_BENCH_CPU_H
#define SIGNET_BENCH_CPU_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

struct error;

#define CPU_WORKERS_MAX 32

/* A signetd and its children at the time of cpu_group_find(). */
struct cpu_group {
	pid_t daemon;
	pid_t worker[CPU_WORKERS_MAX];
	unsigned workers;
};

/* Nanoseconds, user and system, of all threads. */
struct cpu {
	int64_t bench; /* this program, or the processes of a direct call */
	int64_t daemon;
	int64_t workers;
	int64_t machine; /* all that any core was busy with, or robbed of */
};

/* ERR_IO: /proc cannot be read, or there are no workers. */
int cpu_group_find(pid_t daemon, struct cpu_group *out, struct error *e)
	MUST_CHECK;

/* What was used until now.  ERR_IO when one of them has ended. */
int cpu_read(const struct cpu_group *g, struct cpu *out, struct error *e)
	MUST_CHECK;

/* The member machine alone, to 10 ms.  ERR_IO. */
int cpu_machine(int64_t *ns, struct error *e) MUST_CHECK;

/* b - a */
struct cpu cpu_between(const struct cpu *a, const struct cpu *b);

#endif
