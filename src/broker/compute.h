/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compute: threads for pure arithmetic, so that the loop never waits for it.
 *
 * Runs in signetd.  A job verifies a signature or hashes a large content; it
 * touches nothing but its own memory.  Everything else of the daemon runs in
 * the one thread of the loop, which also gets each job back.
 */
#ifndef SIGNET_BROKER_COMPUTE_H
#define SIGNET_BROKER_COMPUTE_H

#include "base/attr.h"

struct error;
struct event_base;
struct compute;

/* Embedded in whatever the job works on. */
struct compute_job {
	void (*run)(struct compute_job *job);  /* in a thread */
	void (*done)(struct compute_job *job); /* in the loop, afterwards */
	struct compute_job *next;	       /* of compute */
};

/* Starts the threads.  ERR_NO_MEMORY, ERR_IO. */
int compute_new(struct event_base *base, unsigned threads,
		struct compute **out, struct error *e) MUST_CHECK;

/*
 * Hand a job over.  Jobs of one turn of the loop go to the threads together,
 * at its end.  The job must stay until done() was called; it cannot be taken
 * back.
 */
void compute_submit(struct compute *c, struct compute_job *job);

/*
 * Finishes the job each thread has in hand, drops the others without done(),
 * joins the threads.  NULL is allowed.
 */
void compute_free(struct compute *c);

#endif
