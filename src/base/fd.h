/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd: an owned file descriptor and the few calls everybody needs on one.
 */
#ifndef SIGNET_BASE_FD_H
#define SIGNET_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;

/* For AUTO(fd_closep): closes *fd unless it is negative; keeps errno. */
void fd_closep(int *fd);

/* Hand an owned descriptor on: *fd becomes -1, the old value is returned. */
int fd_take(int *fd);

/*
 * Write all of s to a blocking descriptor.  ERR_IO with errno when it cannot
 * (a full disk is ENOSPC).
 */
int fd_write_all(int fd, struct slice s, struct error *e) MUST_CHECK;

/* Is it a unix socket of this type (SOCK_STREAM, ...)? */
bool fd_is_socket(int fd, int type);

#endif
