/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder: making the folders a file is to lie in.
 */
#ifndef SIGNET_BASE_FOLDER_H
#define SIGNET_BASE_FOLDER_H

#include "base/attr.h"

struct error;

/*
 * Make each folder on the way to the file path that is not there, for this
 * user alone (0700).  ERR_IO, ERR_TOO_LARGE: longer than LIMIT_PATH.
 */
int folder_make_parents(const char *path, struct error *e) MUST_CHECK;

#endif
