/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: a listening unix socket.
 */
#ifndef CARD_LISTEN_H
#define CARD_LISTEN_H

#include <sys/un.h>

#include "base/attr.h"

struct error;

/* The address of a path.  ERR_TOO_LARGE. */
int listen_address(const char *path, struct sockaddr_un *out, struct error *e)
	MUST_CHECK;

/*
 * Listen at path with a socket of that type; a socket that lies there is
 * taken away.  The descriptor, or ERR_*.
 */
int listen_unix(const char *path, int type, struct error *e) MUST_CHECK;

#endif
