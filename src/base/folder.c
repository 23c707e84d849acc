/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder: making the folders a file is to lie in.
 */
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"

int folder_sync(const char *path, struct error *e)
{
	char folder[LIMIT_PATH];
	const char *slash = strrchr(path, '/');
	AUTO(fd_closep) int fd = -1;

	if (slash == NULL)
		snprintf(folder, sizeof(folder), ".");
	else
		snprintf(folder, sizeof(folder), "%.*s",
			 slash == path ? 1 : (int)(slash - path), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: a file system that has nothing to sync there. */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		return error_set_errno(e, ERR_IO, errno, "%s", folder);
	return 0;
}

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
		if (mkdir(way, mode) == 0) {
			if (folder_sync(way, e) != 0)
				return e->code;
		} else if (errno != EEXIST) {
			return error_set_errno(e, ERR_IO, errno,
					       "cannot make %s", way);
		}
		way[i] = '/';
	}
	return 0;
}
