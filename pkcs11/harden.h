/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harden: what signet-worker gives up before it loads a module.
 */
#ifndef SIGNET_PKCS11_HARDEN_H
#define SIGNET_PKCS11_HARDEN_H

#include "base/err.h"

/*
 * Standard input and output lead nowhere (modules print), no descriptor but
 * these, standard error and fd is open, no core file, no tracer, no new
 * privileges, umask 077, and the kernel kills this process when its parent
 * ends.  ERR_IO when something that must be cannot be had, and when the other
 * end of the socket fd is closed: the parent had ended before.
 */
int p11_harden(int fd, struct error *e) MUST_CHECK;

#endif
