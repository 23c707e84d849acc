/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where this program itself lies.
 */
#include "cli/self.h"

#include <string.h>
#include <unistd.h>

bool cli_self_dir(char *dir)
{
	ssize_t len = readlink("/proc/self/exe", dir, CLI_PATH_MAX - 1);
	char *slash;

	if (len <= 0)
		return false;
	dir[len] = '\0';
	slash = strrchr(dir, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}
