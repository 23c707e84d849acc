/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where signetd lies.
 */
#include "cli/self.h"

#include <stdio.h>

#include "base/self.h"

void cli_self_signetd(char *out)
{
	if (!self_program("signetd", out, CLI_PATH_MAX))
		snprintf(out, CLI_PATH_MAX, "signetd");
}
