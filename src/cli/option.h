/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option: the options of a subcommand, as one table.
 *
 * Parsing, the help, `signet --dump-options` and with that the tests of the
 * manual and the completions all read the same table.
 */
#ifndef SIGNET_CLI_OPTION_H
#define SIGNET_CLI_OPTION_H

#include <stdbool.h>

#include "base/attr.h"

struct cli_command;

struct cli_option {
	int id;		  /* its letter, or from CLI_OPTION_LONG on */
	const char *name; /* without the dashes; NULL ends a table */
	const char *arg;  /* name of its value; NULL: none */
	const char *help; /* N_() */
};

#define CLI_OPTION_LONG 256
#define CLI_OPTION_MAX 32 /* of one table */

enum {
	CLI_OPTION_SOCKET = CLI_OPTION_LONG + 100,
	CLI_OPTION_NO_START,
	CLI_OPTION_TIMEOUT,
	CLI_OPTION_JSON
};

/* What the subcommands have in common. */
struct cli_common {
	bool json;
	bool no_start;
	const char *socket;	 /* NULL: not given */
	unsigned int timeout_ms; /* 0: not given */
};

/* At the end of the tables: for all, and for those that ask signetd. */
#define CLI_OPTIONS_ALL                                                    \
	{ CLI_OPTION_JSON, "json", NULL, N_("print JSON for programs") },  \
	{ 'h', "help", NULL, N_("show this help") },                       \
	{ 0, NULL, NULL, NULL }
#define CLI_OPTIONS_DAEMON                                                 \
	{ CLI_OPTION_SOCKET, "socket", "PATH", N_("socket of signetd") },  \
	{ CLI_OPTION_NO_START, "no-start", NULL,                           \
	  N_("do not start signetd when none runs") },                     \
	{ CLI_OPTION_TIMEOUT, "timeout", "SECONDS",                        \
	  N_("longest wait for an answer") }

/* Takes an option that is not a common one; false: the value is no good. */
typedef bool (*cli_option_take)(void *context, int id, const char *value);

/*
 * Parse argv.  Returns the index of the first operand, or -1 - enum cli_exit
 * when there is nothing more to do: after --help, and after an error, which
 * has been printed.
 */
int cli_option_parse(const struct cli_command *command, int argc, char **argv,
		     struct cli_common *common, cli_option_take take,
		     void *context) MUST_CHECK;

/* Say that there is an operand too many.  Gives CLI_USAGE. */
int cli_option_surplus(const struct cli_command *command, const char *operand);

/* A whole decimal number from least to most. */
bool cli_option_number(const char *text, unsigned int least, unsigned int most,
		       unsigned int *out);

#endif
