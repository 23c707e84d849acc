/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where signetd lies.
 */
#include "cli/self.h"

#include <stdio.h>
#include <unistd.h>

#include "base/self.h"

void cli_self_signetd(char *out)
{
	char dir[CLI_PATH_MAX];
	int n;

	if (self_dir(dir, sizeof(dir))) {
		n = snprintf(out, CLI_PATH_MAX, "%s/signetd", dir);
		if (n > 0 && n < CLI_PATH_MAX && access(out, X_OK) == 0)
			return;
	}
	snprintf(out, CLI_PATH_MAX, "signetd");
}
