/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help: usage texts, all made of the tables of subcommands and options.
 */
#include "cli/help.h"

#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"

#define HELP_COLUMN 26

void cli_help_print(FILE *f)
{
	const struct cli_command *c;

	fprintf(f, _("usage: signet COMMAND [OPTION]... [FILE]...\n\n"
		     "Sign with keys on cards and tokens, and verify.\n\n"));
	for (unsigned int i = 0; (c = cli_command_at(i)) != NULL; i++)
		fprintf(f, "  %-10s %s\n", c->name, _(c->summary));
	fprintf(f, _("\n  --version  show the version\n"
		     "  --help     show this help\n\n"
		     "\"signet help COMMAND\" tells more; signet(1) tells"
		     " all.\n"));
}

static void print_option(const struct cli_option *o)
{
	char left[64], letter[8] = "    ";
	int width;

	if (o->id < CLI_OPTION_LONG)
		snprintf(letter, sizeof(letter), "-%c, ", o->id);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name,
		 o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
	width = HELP_COLUMN - (int)cli_term_width(left);
	printf("  %s%*s %s\n", left, width > 0 ? width : 0, "", _(o->help));
}

void cli_help_command_print(const struct cli_command *command)
{
	printf(_("usage: signet %s [OPTION]... %s\n\n"), command->name,
	       command->operands);
	printf("%s\n\n", _(command->summary));
	for (const struct cli_option *o = command->options; o->name; o++)
		print_option(o);
}

void cli_help_dump(void)
{
	const struct cli_command *c;

	for (unsigned int i = 0; (c = cli_command_at(i)) != NULL; i++)
		for (const struct cli_option *o = c->options; o->name; o++)
			printf("%s\t--%s\t%s%c\t%s\n", c->name, o->name,
			       o->id < CLI_OPTION_LONG ? "-" : "",
			       o->id < CLI_OPTION_LONG ? o->id : '-',
			       o->arg == NULL ? "" : o->arg);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	const struct cli_command *about;
	struct cli_common common;
	int first = cli_option_parse(command, argc, argv, &common, NULL, NULL);

	if (first < 0)
		return -1 - first;
	if (first == argc) {
		cli_help_print(stdout);
		return CLI_OK;
	}
	about = cli_command_find(argv[first]);
	if (about == NULL) {
		cli_error(_("there is no command %s"), argv[first]);
		cli_help_print(stderr);
		return CLI_USAGE;
	}
	cli_help_command_print(about);
	return CLI_OK;
}

static const struct cli_option options[] = {
	{ 'h', "help", NULL, N_("show this help") },
	{ 0, NULL, NULL, NULL },
};

const struct cli_command cli_help_command = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = N_("show the commands, or one command's options"),
	.options = options,
	.run = run,
};
