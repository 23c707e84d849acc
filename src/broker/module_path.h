/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module_path: may this file be loaded as a module?
 */
#ifndef SIGNET_BROKER_MODULE_PATH_H
#define SIGNET_BROKER_MODULE_PATH_H

#include "base/attr.h"

struct error;

/*
 * 0 when path is absolute and leads to a regular file that only root or this
 * user can change: owned by one of them, not writable by group or others, and
 * in no folder where others can replace it.  ERR_MODULE_LOAD says what to do.
 * Asked before each start of a worker.
 */
int module_path_check(const char *path, struct error *e) MUST_CHECK;

#endif
