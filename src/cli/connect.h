/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect: a client for a subcommand, with signetd running.
 */
#ifndef SIGNET_CLI_CONNECT_H
#define SIGNET_CLI_CONNECT_H

#include "base/attr.h"
#include "cli/option.h"

struct signet_client;

/*
 * Make a client by the common options.  Starts the user's signetd when none
 * listens, unless the options say otherwise or --socket names one.  Gives
 * CLI_OK, or the exit status after having printed why.
 */
int cli_connect(const struct cli_common *common, struct signet_client **out)
	MUST_CHECK;

/* One more client like that, without looking; NULL: no memory. */
struct signet_client *cli_connect_more(const struct cli_common *common);

/* For start_signetd(): a line of its log. */
void cli_connect_say(const char *line);

/* For AUTO(). */
void cli_connect_freep(struct signet_client **c);

#endif
