/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder: making the folders a file is to lie in.
 */
#ifndef SIGNET_BASE_FOLDER_H
#define SIGNET_BASE_FOLDER_H

#include <sys/types.h>

#include "base/attr.h"

struct error;

/*
 * Make each folder on the way to the file path that is not there, with this
 * mode, less the umask; they stay when the power goes.  ERR_IO, ERR_TOO_LARGE:
 * longer than LIMIT_PATH.
 */
int folder_make_parents(const char *path, mode_t mode, struct error *e)
	MUST_CHECK;

/*
 * The name of the file (or folder) path, which was just made or renamed, stays
 * when the power goes: syncing the file itself does not promise that.  ERR_IO.
 */
int folder_sync(const char *path, struct error *e) MUST_CHECK;

#endif
