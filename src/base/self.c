/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where this program itself lies.
 */
#include "base/self.h"

#include <string.h>
#include <unistd.h>

bool self_dir(char *dir, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", dir, size - 1);
	char *slash;

	if (len <= 0 || (size_t)len >= size - 1)
		return false;
	dir[len] = '\0';
	slash = strrchr(dir, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}
