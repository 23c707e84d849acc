/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: the table of subcommands, and the way into them.
 */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "signet.h"

static const struct cli_command *const commands[] = {
	&cli_status_command,
	&cli_tokens_command,
	&cli_token_command,
	&cli_pin_command,
	&cli_key_command,
	&cli_keys_command,
	&cli_sign_command,
	&cli_verify_command,
	&cli_policy_command,
	&cli_evidence_command,
	&cli_browser_command,
	&cli_origin_command,
	&cli_watch_command,
	&cli_top_command,
	&cli_doctor_command,
	&cli_help_command,
};

const struct cli_command *cli_command_at(unsigned int i)
{
	return i < ARRAY_LEN(commands) ? commands[i] : NULL;
}

const struct cli_command *cli_command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

/* What was printed has to have arrived: a full disk is not a success. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_error(_("standard output cannot be written"));
	return status == CLI_OK ? CLI_FILE : status;
}

static int run_global(const char *name)
{
	if (strcmp(name, "--version") == 0) {
		printf("signet %s\n", signet_version());
		return CLI_OK;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		cli_help_print(stdout);
		return CLI_OK;
	}
	if (strcmp(name, "--dump-options") == 0) {
		cli_help_dump();
		return CLI_OK;
	}
	cli_error(_("there is no command %s"), name);
	cli_help_print(stderr);
	return CLI_USAGE;
}

int cli_main(int argc, char **argv)
{
	const struct cli_command *command;

	i18n_open(NULL);
	if (argc < 2) {
		cli_help_print(stderr);
		return CLI_USAGE;
	}
	command = cli_command_find(argv[1]);
	if (command == NULL)
		return flushed(run_global(argv[1]));
	return flushed(command->run(command, argc - 1, argv + 1));
}
