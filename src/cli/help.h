/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help: usage texts, all made of the tables of subcommands and options.
 */
#ifndef SIGNET_CLI_HELP_H
#define SIGNET_CLI_HELP_H

#include <stdio.h>

struct cli_command;

/* The subcommands and what they do. */
void cli_help_print(FILE *f);

/* One subcommand and its options, on standard output. */
void cli_help_command_print(const struct cli_command *command);

/* "command TAB --option TAB -o TAB ARG" a line, for tests. */
void cli_help_dump(void);

#endif
