/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: the signet command: its subcommands and its exit status.
 */
#ifndef SIGNET_CLI_CLI_H
#define SIGNET_CLI_CLI_H

#include <stdbool.h>

#include "cli/option.h"

/* Scripts rely on these: signet(1), EXIT STATUS. */
enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1,       /* refused; a signature that is not valid */
	CLI_USAGE = 2,	       /* the command line */
	CLI_NO_DAEMON = 3,     /* not running, and could not be started */
	CLI_FAULT = 4,	       /* module, token, signetd */
	CLI_FILE = 5,	       /* a file cannot be read or written */
	CLI_INDETERMINATE = 6, /* verify: neither valid nor invalid */
	CLI_DOCTOR_WARNING = 1, /* doctor has numbers of its own */
	CLI_DOCTOR_ERROR = 2,
};

struct cli_command {
	const char *name;
	const char *operands; /* as in the usage line, "FILE..."; or "" */
	const char *summary;  /* one line; N_() */
	const struct cli_option *options; /* ends with a NULL name */
	/* argv[0] is the subcommand's name.  Gives an enum cli_exit. */
	int (*run)(const struct cli_command *command, int argc, char **argv);
};

extern const struct cli_command cli_status_command;
extern const struct cli_command cli_tokens_command;
extern const struct cli_command cli_token_command;
extern const struct cli_command cli_pin_command;
extern const struct cli_command cli_key_command;
extern const struct cli_command cli_keys_command;
extern const struct cli_command cli_sign_command;
extern const struct cli_command cli_verify_command;
extern const struct cli_command cli_policy_command;
extern const struct cli_command cli_browser_command;
extern const struct cli_command cli_origin_command;
extern const struct cli_command cli_watch_command;
extern const struct cli_command cli_top_command;
extern const struct cli_command cli_doctor_command;
extern const struct cli_command cli_evidence_command;
extern const struct cli_command cli_help_command;

/* The i-th subcommand; NULL behind the end.  By name; NULL if none. */
const struct cli_command *cli_command_at(unsigned int i);
const struct cli_command *cli_command_find(const char *name);

/* The whole program.  Gives an enum cli_exit. */
int cli_main(int argc, char **argv);

#endif
