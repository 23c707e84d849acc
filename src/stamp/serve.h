/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the requests of signetd, one after the other (STAMP of
 * docs/PROTOCOL.worker).
 */
#ifndef SIGNET_STAMP_SERVE_H
#define SIGNET_STAMP_SERVE_H

#include "base/attr.h"

struct error;

/*
 * Answer what comes until fd is closed: 0.  ERR_PROTOCOL: signetd says what it
 * may not; it was told.
 */
int serve_all(int fd, struct error *e) MUST_CHECK;

#endif
