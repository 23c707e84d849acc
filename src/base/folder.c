/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder: making the folders a file is to lie in.
 */
#include "base/folder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/limits.h"

int folder_make_parents(const char *path, mode_t mode, struct error *e)
{
	char way[LIMIT_PATH];
	size_t len = (size_t)snprintf(way, sizeof(way), "%s", path);

	if (len >= sizeof(way))
		return error_set(e, ERR_TOO_LARGE, "%s is too long a name",
				 path);
	for (size_t i = 1; i < len; i++) {
		if (way[i] != '/')
			continue;
		way[i] = '\0';
		if (mkdir(way, mode) != 0 && errno != EEXIST)
			return error_set_errno(e, ERR_IO, errno,
					       "cannot make %s", way);
		way[i] = '/';
	}
	return 0;
}
