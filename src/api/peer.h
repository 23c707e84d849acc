/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer: who is at the other end of the unix socket.
 */
#ifndef SIGNET_API_PEER_H
#define SIGNET_API_PEER_H

#include <stdbool.h>

#include "base/attr.h"
#include "broker/caller.h"

struct error;

/*
 * uid, gid, pid by SO_PEERCRED, the program by /proc.  ERR_CALLER_UNKNOWN when
 * the kernel does not say.
 */
int peer_identify(int fd, struct caller *out, struct error *e) MUST_CHECK;

/* Our own user and groups, of somebody who is known to be us. */
void peer_ourselves(struct caller *out);

/*
 * Does it run this very file?  Told by the file and not by its name, which is
 * another one in another mount namespace.
 */
bool peer_runs(const struct caller *c, const char *program) MUST_CHECK;

/* Put its parent in the place of its process and program; "": not known. */
void peer_take_parent(struct caller *c);

/*
 * May it use the socket at all: the user of the daemon, root, or a member of
 * the configured group (NULL: there is none)?  ERR_CALLER_UNKNOWN.  The mode
 * of the socket says the same; this is for the day it was changed by hand.
 */
int peer_admit(const struct caller *c, const char *group, struct error *e)
	MUST_CHECK;

#endif
