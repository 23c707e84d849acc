/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: the unix socket of the API.
 */
#ifndef SIGNET_DAEMON_LISTEN_H
#define SIGNET_DAEMON_LISTEN_H

#include "base/attr.h"

struct error;

/*
 * A listening socket at path, non-blocking: mode 0600, or 0660 for group when
 * that is not NULL.  Its folder is made (0700) if it is not there.  A lock
 * beside it, in *lock, keeps a second signetd away (ERR_IO); a socket that a
 * dead one left is replaced.  ERR_CONFIG for a path that cannot be one.
 */
int listen_open(const char *path, const char *group, int *fd, int *lock,
		struct error *e) MUST_CHECK;

/*
 * Listening sockets at this port of 127.0.0.1 and ::1, non-blocking: both, or
 * none (ERR_IO), since whoever has the other one would be taken for us.  fd[1]
 * is -1 where the machine has no IPv6.
 */
int listen_loopback(unsigned port, int fd[2], struct error *e) MUST_CHECK;

#endif
