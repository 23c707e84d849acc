/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start: starts the user's own signetd.
 *
 *	signetd --socket PATH --config PATH --ready-fd 3
 *
 * in a session of its own, with standard error in signetd.log beside the
 * socket.  It writes "READY\n" to descriptor 3 when it listens.  Of two started
 * at once one fails, since the other has the socket's lock, and that one is
 * waited for.
 */
#ifndef SIGNET_BASE_START_H
#define SIGNET_BASE_START_H

#include <stdbool.h>

#include "base/attr.h"

struct error;

/* Does somebody listen at the socket?  Also true when we may not connect. */
bool start_listening(const char *socket_path);

/* May one be started, by what the environment says of the socket? */
bool start_wanted(void);

/*
 * Start signetd for this socket and wait until it listens, at most 5 s.
 * ERR_CONFIG: no configuration; ERR_NO_DAEMON: there is no signetd, or it
 * ended: then say() was called for each line of the end of its log; ERR_IO:
 * the socket's folder cannot be made, or is open to others.
 */
int start_signetd(const char *socket_path, void (*say)(const char *line),
		  struct error *e) MUST_CHECK;

#endif
