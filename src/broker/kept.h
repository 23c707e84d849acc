/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept: a login that stays for some seconds after an approval (pin_cache).
 *
 * Embedded in a token.  It stands in one worker, and for one caller: the same
 * user and program.  Everybody else finds the token logged out.
 */
#ifndef SIGNET_BROKER_KEPT_H
#define SIGNET_BROKER_KEPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/origin.h"
#include "broker/worker.h"

struct caller;
struct shard;
struct token;

struct kept {
	struct shard *shard;   /* NULL: there is none */
	struct worker *worker; /* of the shard then */
	int64_t until_ns;      /* CLOCK_MONOTONIC */
	uid_t uid;
	char exe[256];
	char origin[ORIGIN_SIZE];
	struct worker_call call; /* the logout */
	bool leaving;		 /* call is under way */
};

/* The worker of shard stays logged in to t for this caller. */
void kept_set(struct token *t, struct shard *shard, const struct caller *c,
	      unsigned seconds);

/* Its shard, if such a login stands for this caller now; else NULL. */
struct shard *kept_for(const struct token *t, const struct caller *c);

/* Log out, if a login stands.  Calls that follow find it done. */
void kept_end(struct token *t);

/* Log out those whose time is over; forget those whose worker is gone. */
void kept_tick(struct token *t, int64_t now_ns);

#endif
