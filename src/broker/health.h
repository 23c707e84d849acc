/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health: is there a reason not to send anybody to this signetd?
 */
#ifndef SIGNET_BROKER_HEALTH_H
#define SIGNET_BROKER_HEALTH_H

struct broker;

/*
 * Calls reason() for each, in words: it shuts down, the journal cannot be
 * written, a checkpoint is overdue, a module has no worker, an unattended token
 * that is configured is not there.  From memory: asks nobody.
 */
void health_each(struct broker *b,
		 void (*reason)(void *arg, const char *text), void *arg);

#endif
