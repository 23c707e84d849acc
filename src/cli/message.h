/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: what the command says on standard error, and its exit status.
 */
#ifndef SIGNET_CLI_MESSAGE_H
#define SIGNET_CLI_MESSAGE_H

#include "base/attr.h"
#include "cli/cli.h"
#include "signet.h"

struct error;

/* "signet: text". Control characters are made visible. */
void cli_message(const char *format, ...) PRINTF_LIKE(1, 2);
/* "signet: error: text". */
void cli_error(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * Say what failed, why and what to do; subject (may be NULL) is what it was
 * about, such as a file's name.  With json the problem document goes to
 * standard output, too.  Gives the exit status.
 */
int cli_problem(const struct signet_error *e, const char *subject, bool json);

/* The exit status for an error, and the same for one of our own. */
int cli_exit_of(const struct signet_error *e);
int cli_failure(const struct error *e, const char *subject);

#endif
