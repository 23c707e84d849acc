/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep_alive: a signature now and then, so that the session of an unattended
 * token does not die of idleness, or is found dead before somebody needs it
 * (keep_alive in signetd.conf(5)).
 */
#ifndef SIGNET_BROKER_KEEP_ALIVE_H
#define SIGNET_BROKER_KEEP_ALIVE_H

#include <stdint.h>

struct broker;

/* The broker's tick: those whose time has come. */
void keep_alive_tick(struct broker *b, int64_t now_ns);

#endif
