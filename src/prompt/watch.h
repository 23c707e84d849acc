/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: whom signet-prompt listens to while it waits for a person.
 *
 * signetd withdraws a request by closing its socket; a worker that has ended
 * makes a PIN useless; and time runs out.  Every wait of the program is here.
 */
#ifndef SIGNET_PROMPT_WATCH_H
#define SIGNET_PROMPT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct prompt_watch {
	int signetd;	   /* stream socket */
	int worker;	   /* seqpacket socket, or -1 */
	int64_t until_ns;  /* the person's time is over (CLOCK_MONOTONIC) */
	int64_t silent_ns; /* a pinentry that says nothing is given up, or 0 */
	int ended;	   /* why the dialog cannot go on: ERR_*, or 0 */
};

/*
 * Wait until fd has the events (POLLIN, POLLOUT).  0 when it has; otherwise
 * the dialog is over, w->ended says why from now on, and it is returned:
 * ERR_CANCELLED withdrawn, ERR_WORKER_LOST, ERR_NOT_ANSWERED out of time,
 * ERR_DEADLINE the pinentry is silent.
 */
int prompt_watch_wait(struct prompt_watch *w, int fd, short events) MUST_CHECK;

/* The same without waiting: is it over already? */
int prompt_watch_now(struct prompt_watch *w) MUST_CHECK;

/* Seconds that the person has left, at least 1. */
unsigned prompt_watch_seconds(const struct prompt_watch *w);
/* True when the person's time is over. */
bool prompt_watch_late(const struct prompt_watch *w);

#endif
