/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where signetd lies.
 */
#ifndef SIGNET_CLI_SELF_H
#define SIGNET_CLI_SELF_H

#define CLI_PATH_MAX 4096

/* signetd beside it, else its plain name for PATH, into out[CLI_PATH_MAX]. */
void cli_self_signetd(char *out);

#endif
