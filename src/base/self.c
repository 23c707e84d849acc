/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where this program itself lies.
 */
#include "base/self.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"

#define SELF_PATH 4096

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

bool self_program(const char *name, char *path, size_t size)
{
	static const char *const places[] = { "", "../lib/signet",
					      "../../bin" };
	char dir[SELF_PATH], place[SELF_PATH + 16], real[PATH_MAX];
	int n;

	if (!self_dir(dir, sizeof(dir)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(place, sizeof(place), "%s/%s", dir, places[i]);
		if (realpath(place, real) == NULL)
			continue;
		n = snprintf(path, size, "%s/%s", real, name);
		if (n > 0 && (size_t)n < size && access(path, X_OK) == 0)
			return true;
	}
	return false;
}
