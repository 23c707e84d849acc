/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpu: processor time that signetd, its workers and this program have used.
 *
 * The clocks of processes (clock_getcpuclockid) count ns where /proc/PID/stat
 * counts ticks of 10 ms; the sum is the same utime + stime.
 */
#include "bench/cpu.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"

/* The fourth field of /proc/PID/stat; 0 when the process has gone. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512], *after;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	after = fgets(text, sizeof(text), f) == NULL ? NULL :
		strrchr(text, ')');
	fclose(f);
	/* ") S 123": the name before may hold anything, brackets too. */
	return after == NULL || strlen(after) < 4 ? 0 :
		(pid_t)strtol(after + 4, NULL, 10);
}

int cpu_group_find(pid_t daemon, struct cpu_group *out, struct error *e)
{
	struct cpu_group g = { .daemon = daemon };
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (proc == NULL)
		return error_set_errno(e, ERR_IO, errno, "/proc");
	while ((entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && g.workers < CPU_WORKERS_MAX &&
		    parent_of(pid) == daemon)
			g.worker[g.workers++] = pid;
	}
	closedir(proc);
	if (g.workers == 0)
		return error_set(e, ERR_IO, "signetd (pid %d) has no workers",
				 (int)daemon);
	*out = g;
	return 0;
}

static int cpu_of(pid_t pid, int64_t *ns, struct error *e)
{
	struct timespec t;
	clockid_t id;
	int failed = clock_getcpuclockid(pid, &id);

	if (failed == 0 && clock_gettime(id, &t) != 0)
		failed = errno;
	if (failed != 0)
		return error_set_errno(e, ERR_IO, failed,
				       "processor time of pid %d", (int)pid);
	*ns += t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
	return 0;
}

static int64_t timeval_ns(const struct timeval *t)
{
	return t->tv_sec * CLOCK_NS_PER_S + t->tv_usec * INT64_C(1000);
}

int cpu_read(const struct cpu_group *g, struct cpu *out, struct error *e)
{
	struct cpu now = { .bench = 0 };
	struct rusage own;
	int r = cpu_of(g->daemon, &now.daemon, e);

	for (unsigned i = 0; r == 0 && i < g->workers; i++)
		r = cpu_of(g->worker[i], &now.workers, e);
	if (r != 0)
		return r;
	getrusage(RUSAGE_SELF, &own);
	now.bench = timeval_ns(&own.ru_utime) + timeval_ns(&own.ru_stime);
	r = cpu_machine(&now.machine, e);
	if (r == 0)
		*out = now;
	return r;
}

/* user nice system idle iowait irq softirq steal (proc(5)) */
int cpu_machine(int64_t *ns, struct error *e)
{
	FILE *f = fopen("/proc/stat", "re");
	int64_t t[8] = { 0 };
	int n = 0;

	if (f != NULL && fscanf(f, "cpu") == 0)
		while (n < 8 && fscanf(f, "%" SCNd64, &t[n]) == 1)
			n++;
	if (f != NULL)
		fclose(f);
	if (n < 8)
		return error_set(e, ERR_IO, "/proc/stat cannot be read");
	*ns = (t[0] + t[1] + t[2] + t[5] + t[6] + t[7]) *
	      (CLOCK_NS_PER_S / sysconf(_SC_CLK_TCK));
	return 0;
}

struct cpu cpu_between(const struct cpu *a, const struct cpu *b)
{
	return (struct cpu){
		.bench = b->bench - a->bench,
		.daemon = b->daemon - a->daemon,
		.workers = b->workers - a->workers,
		.machine = b->machine - a->machine,
	};
}
