/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: one client's connection, which comes back when it is lost.
 */
#ifndef SIGNET_CRASH_TALK_H
#define SIGNET_CRASH_TALK_H

#include <stdbool.h>

#include "base/buf.h"

#define TALK_ANSWER_MAX (16u * 1024 * 1024)

struct talk {
	const char *socket;
	int fd;		/* -1: not connected */
	struct buf in;
	/* Of the last answer; body is inside in. */
	unsigned status;
	struct slice body;
};

void talk_init(struct talk *t, const char *socket);
void talk_fini(struct talk *t);

/*
 * Sends POST /v1/signatures, with an Idempotency-Key unless it is NULL, and
 * reads the whole answer.  False: the connection was lost, or is not to be had;
 * whether it was done nobody knows.
 */
bool talk_post(struct talk *t, const char *key, const struct buf *body);

#endif
