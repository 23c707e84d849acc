/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option: the options of a subcommand, as one table.
 */
#include "cli/option.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/i18n.h"
#include "cli/message.h"

#define OPTION_TIMEOUT_MAX 86400u

/* The table as getopt_long() wants it. */
struct getopt_table {
	struct option longs[CLI_OPTION_MAX + 1];
	char shorts[2 * CLI_OPTION_MAX + 2];
};

static void make_table(const struct cli_option *o, struct getopt_table *t)
{
	char *s = t->shorts;
	int i = 0;

	*s++ = ':'; /* a missing value is told apart */
	for (; o->name != NULL && i < CLI_OPTION_MAX; o++, i++) {
		t->longs[i] = (struct option){
			.name = o->name,
			.has_arg = o->arg != NULL ? required_argument :
						    no_argument,
			.val = o->id,
		};
		if (o->id < CLI_OPTION_LONG) {
			*s++ = (char)o->id;
			if (o->arg != NULL)
				*s++ = ':';
		}
	}
	*s = '\0';
	t->longs[i] = (struct option){ .name = NULL };
}

bool cli_option_number(const char *text, unsigned int least, unsigned int most,
		       unsigned int *out)
{
	unsigned long n;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || n < least || n > most)
		return false;
	*out = (unsigned int)n;
	return true;
}

/* 1: it was a common option, 0: it is not, -1: its value is no good. */
static int take_common(struct cli_common *common, int id, const char *value)
{
	switch (id) {
	case CLI_OPTION_JSON:
		common->json = true;
		return 1;
	case CLI_OPTION_NO_START:
		common->no_start = true;
		return 1;
	case CLI_OPTION_SOCKET:
		common->socket = value;
		return value[0] == '/' ? 1 : -1;
	case CLI_OPTION_TIMEOUT:
		if (!cli_option_number(value, 1, OPTION_TIMEOUT_MAX,
				       &common->timeout_ms))
			return -1;
		common->timeout_ms *= 1000;
		return 1;
	}
	return 0;
}

int cli_option_surplus(const struct cli_command *command, const char *operand)
{
	cli_error(_("signet %s takes no operand: %s"), command->name, operand);
	return CLI_USAGE;
}

static int wrong(const struct cli_command *command)
{
	cli_message(_("try: signet %s --help"), command->name);
	return -1 - CLI_USAGE;
}

static const char *name_of(const struct cli_command *command, int id)
{
	for (const struct cli_option *o = command->options; o->name; o++)
		if (o->id == id)
			return o->name;
	return "?";
}

static int unknown(const struct cli_command *command, char **argv, int got)
{
	if (got == ':')
		cli_error(_("%s needs a value"), argv[optind - 1]);
	else
		cli_error(_("signet %s has no option %s"), command->name,
			  argv[optind - 1]);
	return wrong(command);
}

int cli_option_parse(const struct cli_command *command, int argc, char **argv,
		     struct cli_common *common, cli_option_take take,
		     void *context)
{
	struct getopt_table table;
	int id, r;

	*common = (struct cli_common){ .json = false };
	make_table(command->options, &table);
	optind = 0; /* start afresh: glibc */
	opterr = 0;
	while ((id = getopt_long(argc, argv, table.shorts, table.longs,
				 NULL)) != -1) {
		if (id == ':' || id == '?')
			return unknown(command, argv, id);
		if (id == 'h') {
			cli_help_command_print(command);
			return -1 - CLI_OK;
		}
		r = take_common(common, id, optarg);
		if (r == 0)
			r = take != NULL && take(context, id, optarg) ? 1 : -1;
		if (r < 0) {
			cli_error(_("--%s: not a valid value: %s"),
				  name_of(command, id), optarg);
			return wrong(command);
		}
	}
	return optind;
}
