/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch: the same work on many items, a few at a time, with a progress bar.
 */
#ifndef SIGNET_CLI_BATCH_H
#define SIGNET_CLI_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#define CLI_BATCH_JOBS_MAX 32u

struct cli_batch {
	size_t len;	     /* items */
	unsigned int jobs;   /* at a time: 1 to CLI_BATCH_JOBS_MAX */
	bool progress;	     /* draw a bar on standard error */
	void *context;
	/* What each thread works with; NULL: this thread does nothing. */
	void *(*open)(void *context);
	void (*close)(void *own);
	/* Work on item i; gives an enum cli_exit.  Printing wants the lock. */
	int (*work)(void *context, void *own, size_t i);
};

struct cli_batch_result {
	size_t done, failed;
	int status; /* the highest of the items */
};

/*
 * Do all items; one that fails stops no other.  False: nothing could be
 * started.
 */
bool cli_batch_run(const struct cli_batch *b, struct cli_batch_result *out);

/* Around what work() prints: one at a time, and the bar is out of the way. */
void cli_batch_lock(void);
void cli_batch_unlock(void);

/* "[#####.....] 12/40", for a terminal of that many columns, into out. */
void cli_batch_bar(size_t done, size_t len, size_t columns, char *out,
		   size_t size);

#endif
