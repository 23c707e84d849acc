/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shard: one place for a worker in the pool of a module: starts it, teaches it
 * what to serve, and starts the next one when it is gone.
 */
#ifndef SIGNET_BROKER_SHARD_H
#define SIGNET_BROKER_SHARD_H

#include "base/attr.h"
#include "broker/module.h"

/* ERR_NO_MEMORY. */
int shard_init(struct shard *s, struct module *m, unsigned number,
	       struct error *e) MUST_CHECK;
void shard_fini(struct shard *s);

/* Start its worker now (from SHARD_WAITING and SHARD_EMPTY only). */
void shard_start(struct shard *s);

/*
 * A worker that has nothing to do and lacks a token asks its module for tokens
 * anew, once in a while: nobody tells of those that are no matter of PC/SC.
 */
void shard_look(struct shard *s, int64_t now_ns);

/* What its worker knows is old: the next one takes its place, soon. */
void shard_renew(struct shard *s, const struct error *why);

/* Its card has gone: no worker until shard_start(). */
void shard_stop(struct shard *s, const struct error *why);

#endif
