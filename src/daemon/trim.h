/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trim: memory that signetd does not need now goes back.
 *
 * Much of what a start touches (relocation, settings, the initialisation of
 * libraries) is never run again, and a rush of clients leaves pages of malloc
 * behind.  What is used after all comes back by itself, a page fault each: so
 * what stays resident is what is worked with.
 */
#ifndef SIGNET_DAEMON_TRIM_H
#define SIGNET_DAEMON_TRIM_H

#include "base/attr.h"

struct error;
struct event_base;
struct trim;

/* Trims soon after the start, and then now and then.  ERR_NO_MEMORY. */
int trim_start(struct event_base *base, struct trim **out, struct error *e)
	MUST_CHECK;
/* NULL is allowed. */
void trim_stop(struct trim *t);

/*
 * Once, now.  Gives back free memory of malloc, and the pages of code and
 * constants of every loaded object that were never written: those are as they
 * are in their files, and are read from there when they are needed.
 */
void trim_now(void);

#endif
