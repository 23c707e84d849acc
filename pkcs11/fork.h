/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork: what a child that a module forks may not do: speak for the worker.
 *
 * Runs in signet-worker.  A forked child closes the socket, so that the end of
 * the worker is seen at once though the child lives on, and it is known as a
 * child by a page of memory that is zero in it, whatever way it was made.
 */
#ifndef SIGNET_PKCS11_FORK_H
#define SIGNET_PKCS11_FORK_H

#include <stdbool.h>

#include "base/err.h"

/* From here on children close fd.  Once, before the module is loaded. */
int p11_fork_guard(int fd, struct error *e) MUST_CHECK;

/* Is this process the one that called p11_fork_guard()?  No system call. */
bool p11_fork_is_worker(void);

#endif
