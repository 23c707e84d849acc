/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where this program itself lies, to find what was installed with it.
 */
#ifndef SIGNET_CLI_SELF_H
#define SIGNET_CLI_SELF_H

#include <stdbool.h>

#define CLI_PATH_MAX 4096

/* The folder of the running program into dir[CLI_PATH_MAX]. */
bool cli_self_dir(char *dir);

/* signetd beside it, else its plain name for PATH, into out[CLI_PATH_MAX]. */
void cli_self_signetd(char *out);

#endif
