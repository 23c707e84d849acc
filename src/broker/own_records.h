/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_records: callers that read the evidence of their own requests.
 *
 * One at a time in a compute thread, whoever asks: the other threads go on
 * with signatures.
 */
#ifndef SIGNET_BROKER_OWN_RECORDS_H
#define SIGNET_BROKER_OWN_RECORDS_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "broker/caller.h"
#include "broker/compute.h"
#include "evidence/own.h"

struct broker;

struct own_records {
	/* Filled by who asks: query.after and query.one. */
	struct own_query query;
	struct buf text;   /* as own_read() gave them: members of an array */
	unsigned count;	   /* of them */
	uint64_t next;
	int result;
	struct error error;
	/* In the loop, once; then it is freed.  NULL: nobody waits any more. */
	void (*done)(struct own_records *r, void *arg);
	void *arg;
	/* Of own_records.c. */
	struct broker *broker;
	struct caller caller;
	char file[LIMIT_PATH];
	struct compute_job job;
	TAILQ_ENTRY(own_records) entry;
};

/* ERR_QUOTA: too many wait; ERR_NO_MEMORY. */
int own_records_new(struct broker *b, const struct caller *caller,
		    struct own_records **out, struct error *e) MUST_CHECK;
void own_records_start(struct own_records *r);
/* At the end of signetd, when no thread runs any more. */
void own_records_stop(struct broker *b);

#endif
