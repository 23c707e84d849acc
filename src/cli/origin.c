/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: signet origin: the pages that this user has allowed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/origin.h"
#include "base/writer.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/table.h"
#include "signet.h"

enum { OPTION_YES = CLI_OPTION_LONG };

struct origin_args {
	bool yes;
	const char *origin; /* of allow and revoke */
	struct cli_common common;
};

static bool take(void *context, int id, const char *value)
{
	struct origin_args *args = context;

	args->yes = args->yes || id == OPTION_YES;
	return id == OPTION_YES;
}

static void origins_freep(struct signet_origins **o)
{
	signet_origins_free(*o);
}

/* --- list --------------------------------------------------------------- */

static void print_list(const struct signet_origins *all)
{
	const char *const headings[] = { _("PAGE"), _("ALLOWED BY"),
					 _("SINCE") };
	AUTO(cli_table_fini) struct cli_table table = { .rows = 0 };
	const struct signet_origin *o;

	if (signet_origins_at(all, 0) == NULL) {
		printf(_("You have allowed no page.\n"));
		return;
	}
	cli_table_init(&table, ARRAY_LEN(headings), -1, headings);
	for (size_t i = 0; (o = signet_origins_at(all, i)) != NULL; i++)
		cli_table_add(&table, (const char *const[]){
			signet_origin_name(o),
			strcmp(signet_origin_by(o), "page") == 0 ?
				_("you, asked by the page") :
				_("a program of yours"),
			signet_origin_since(o) });
	cli_table_print(&table);
}

static int run_list(const struct origin_args *args, struct signet_client *c)
{
	AUTO(origins_freep) struct signet_origins *all = NULL;

	if (signet_client_origins(c, &all) != 0)
		return cli_problem(signet_client_error(c), NULL,
				   args->common.json);
	if (args->common.json)
		printf("%s\n", signet_origins_json(all));
	else
		print_list(all);
	return CLI_OK;
}

/* --- allow, revoke ------------------------------------------------------ */

/* Is what is typed the word that stands for yes? */
static bool is_agreed(void)
{
	char line[64];

	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return strcmp(line, _("yes")) == 0 || strcmp(line, "yes") == 0;
}

/* Who sits here consents, and nobody is asked in a dialog. */
static int confirm(const struct origin_args *args)
{
	if (args->yes)
		return CLI_OK;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		cli_error(_("nobody can be asked here: use --yes"));
		return CLI_USAGE;
	}
	cli_message(_("%s may then ask you for signatures and sign-ins, and"
		      " see which tokens and certificates you have; you are"
		      " asked again for each signature"), args->origin);
	if (strstr(args->origin, "xn--") != NULL)
		cli_message(_("\"xn--\" stands for letters of another script,"
			      " which may look like those of a name that you"
			      " know"));
	cli_message(_("type \"%s\" to allow it, anything else to stop:"),
		    _("yes"));
	if (is_agreed())
		return CLI_OK;
	cli_message(_("nothing was changed"));
	return CLI_REFUSED;
}

static void print_json(const struct origin_args *args, const char *state)
{
	AUTO(buf_fini) struct buf out = { .max = 4096 };
	struct writer j = writer_of(&out);

	writer_open(&j, NULL, '{');
	writer_text(&j, "origin", args->origin);
	writer_text(&j, "state", state);
	writer_close(&j, '}');
	printf("%s\n", buf_text(&out));
}

static int run_allow(const struct origin_args *args, struct signet_client *c)
{
	int r;

	if (origin_kind(args->origin) == ORIGIN_NONE) {
		cli_error(_("%s is no origin as a browser writes it:"
			    " https://host or https://host:port, in lower"
			    " case"), args->origin);
		return CLI_USAGE;
	}
	r = confirm(args);
	if (r != CLI_OK)
		return r;
	if (signet_client_origin_allow(c, args->origin) != 0)
		return cli_problem(signet_client_error(c), NULL,
				   args->common.json);
	if (args->common.json)
		print_json(args, "allowed");
	else
		cli_message(_("%s is allowed now"), args->origin);
	return CLI_OK;
}

static int run_revoke(const struct origin_args *args, struct signet_client *c)
{
	if (signet_client_origin_revoke(c, args->origin) != 0)
		return cli_problem(signet_client_error(c), NULL,
				   args->common.json);
	if (args->common.json)
		print_json(args, "revoked");
	else
		cli_message(_("%s is allowed no longer"), args->origin);
	return CLI_OK;
}

/* --- the command -------------------------------------------------------- */

static const struct action {
	const char *word;
	bool origin; /* takes one */
	int (*run)(const struct origin_args *args, struct signet_client *c);
} actions[] = {
	{ "list", false, run_list },
	{ "allow", true, run_allow },
	{ "revoke", true, run_revoke },
};

static const struct action *action_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].word, word) == 0)
			return &actions[i];
	return NULL;
}

static int usage(const struct cli_command *command)
{
	cli_error(_("say what to do: %s"), command->operands);
	cli_message(_("try: signet %s --help"), command->name);
	return CLI_USAGE;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	struct origin_args args = { .yes = false };
	const struct action *a;
	int r = cli_option_parse(command, argc, argv, &args.common, take,
				 &args);

	if (r < 0)
		return -1 - r;
	a = action_find(argv[r]);
	if (a == NULL)
		return usage(command);
	if (a->origin)
		args.origin = argv[++r];
	if (a->origin && args.origin == NULL)
		return usage(command);
	if (r + 1 < argc)
		return cli_option_surplus(command, argv[r + 1]);
	r = cli_connect(&args.common, &c);
	return r != CLI_OK ? r : a->run(&args, c);
}

static const struct cli_option options[] = {
	{ OPTION_YES, "yes", NULL, N_("allow: do not ask before") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_origin_command = {
	.name = "origin",
	.operands = "list | allow ORIGIN | revoke ORIGIN",
	.summary = N_("the pages that you have allowed to ask for signatures"),
	.options = options,
	.run = run,
};
