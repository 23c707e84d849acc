/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api: the HTTP API on a listening socket, in the loop of signetd.
 */
#ifndef SIGNET_API_API_H
#define SIGNET_API_API_H

#include "base/attr.h"

struct api;
struct broker;
struct error;
struct event_base;

/*
 * Serves on fd, which is taken over: a listening unix socket, or, with its
 * port, one of the loopback, on which pages come.
 */
int api_new(struct event_base *base, struct broker *broker, int fd,
	    unsigned port, struct api **out, struct error *e) MUST_CHECK;

/* No more new connections; those that are there go on. */
void api_stop_listening(struct api *api);

/* Closes everything; answers that were not ready are dropped. */
void api_free(struct api *api);

#endif
