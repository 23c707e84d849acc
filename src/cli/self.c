/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where this program itself lies.
 */
#include "cli/self.h"

#include <stdio.h>
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

void cli_self_signetd(char *out)
{
	char dir[CLI_PATH_MAX];
	int n;

	if (cli_self_dir(dir)) {
		n = snprintf(out, CLI_PATH_MAX, "%s/signetd", dir);
		if (n > 0 && n < CLI_PATH_MAX && access(out, X_OK) == 0)
			return;
	}
	snprintf(out, CLI_PATH_MAX, "signetd");
}
