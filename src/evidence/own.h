/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own: what the evidence has of one caller's requests, and nothing else.
 *
 * Runs in a compute thread of signetd, on a connection of its own, which no
 * writer waits for: it reads the state of one moment.
 */
#ifndef SIGNET_EVIDENCE_OWN_H
#define SIGNET_EVIDENCE_OWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;

struct own_query {
	const char *file; /* of the evidence */
	uid_t uid;
	const char *origin; /* of a page: only its own; "": all of the uid */
	uint64_t after;	    /* records behind this one */
	bool one;	    /* only the first of them, if it is after + 1 */
};

/* text: the record, empty when it is larger than what is handed out. */
struct own_record {
	uint64_t sequence;
	struct slice hash;
	struct slice text;
};

/*
 * Calls record() for each, in their order, until there is enough for one
 * answer: records or bytes of them, or rows that were looked at (LIMIT_OWN_*).
 * *next: where to go on; 0: there is no record behind.  Of a page's records
 * what tells of this machine is left out: caller, module and worker.
 * ERR_IO: it cannot be read.
 */
int own_read(const struct own_query *q,
	     void (*record)(void *arg, const struct own_record *r), void *arg,
	     uint64_t *next, struct error *e) MUST_CHECK;

#endif
