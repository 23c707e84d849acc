/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harden: what a process gives up before it touches a PIN or a module.
 */
#ifndef SIGNET_BASE_HARDEN_H
#define SIGNET_BASE_HARDEN_H

#include "base/err.h"

/*
 * Standard input and output lead nowhere (modules print), no descriptor above
 * last is open, and those from fd to last are close-on-exec; no core file, no
 * tracer, no new privileges, umask 077, and the kernel kills this process when
 * its parent ends.  fd is the socket to the parent.  ERR_IO when something
 * that must be cannot be had, and when the other end of fd is closed: the
 * parent had ended before.
 */
int harden_child(int fd, int last, struct error *e) MUST_CHECK;

#endif
