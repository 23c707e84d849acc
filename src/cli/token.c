/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: signet token: one token, or a token made new.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "cli/tokens.h"
#include "cli/wait.h"
#include "signet.h"

enum {
	OPTION_TOKEN = CLI_OPTION_LONG,
	OPTION_LABEL,
	OPTION_YES
};

struct token_args {
	const char *token, *label;
	bool yes;
	struct cli_common common;
};

static bool take(void *context, int id, const char *value)
{
	struct token_args *args = context;

	switch (id) {
	case OPTION_TOKEN:
		args->token = value;
		return value[0] != '\0';
	case OPTION_LABEL:
		args->label = value;
		return value[0] != '\0';
	case OPTION_YES:
		args->yes = true;
		return true;
	}
	return false;
}

/* --- list, info --------------------------------------------------------- */

static int run_list(const struct token_args *args, struct signet_client *c,
		    const struct signet_tokens *all)
{
	if (args->common.json)
		printf("%s\n", signet_tokens_json(all));
	else
		cli_tokens_print(all);
	return CLI_OK;
}

static void print_line(const char *name, const char *text)
{
	char safe[2048];
	int pad = 14 - (int)cli_term_width(name);

	if (text == NULL || text[0] == '\0')
		return;
	cli_term_safe(text, safe, sizeof(safe));
	printf("  %s%*s %s\n", name, pad > 0 ? pad : 0, "", safe);
}

static void print_info(const struct signet_token *t)
{
	char label[256], keys[24];

	cli_term_safe(signet_token_label(t), label, sizeof(label));
	snprintf(keys, sizeof(keys), "%" PRId64, signet_token_keys(t));
	printf("%s%s%s\n", cli_term_colour(stdout, CLI_BOLD), label,
	       cli_term_colour(stdout, CLI_PLAIN));
	print_line(_("state:"), signet_token_state(t));
	print_line(_("error:"), signet_token_error(t));
	if (signet_token_login_required(t))
		print_line(_("PIN:"), signet_token_pin(t));
	print_line(_("keys:"), keys);
	print_line(_("manufacturer:"), signet_token_manufacturer(t));
	print_line(_("model:"), signet_token_model(t));
	print_line(_("serial:"), signet_token_serial(t));
	print_line(_("reader:"), signet_token_slot(t));
	print_line(_("module:"), signet_token_module(t));
	print_line(_("URI:"), signet_token_uri(t));
	if (signet_token_unattended(t))
		printf(_("  it signs without anybody being asked\n"));
	if (signet_token_pinpad(t))
		printf(_("  the PIN is typed on the reader\n"));
}

/* All of them without --token, but for those that hold nothing. */
static int run_info(const struct token_args *args, struct signet_client *c,
		    const struct signet_tokens *all)
{
	const struct signet_token *t;
	int r;

	if (args->token == NULL) {
		if (args->common.json)
			return run_list(args, c, all);
		for (size_t i = 0; (t = signet_tokens_at(all, i)) != NULL; i++)
			print_info(t);
		return CLI_OK;
	}
	r = cli_tokens_find(c, all, args->token, args->common.json, &t);
	if (r != CLI_OK)
		return r;
	if (args->common.json)
		printf("%s\n", signet_token_json(t));
	else
		print_info(t);
	return CLI_OK;
}

/* --- init --------------------------------------------------------------- */

static bool is_blank(const struct signet_token *t)
{
	return strcmp(signet_token_state(t), "uninitialized") == 0;
}

/* Does what is typed say the label?  Its line end does not count. */
static bool label_is_typed(const char *label)
{
	char line[256];

	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return strcmp(line, label) == 0;
}

/* CLI_OK: whoever asks for it knows what is lost. */
static int confirm(const struct token_args *args, const struct signet_token *t)
{
	const char *label = signet_token_label(t);

	if (is_blank(t))
		return CLI_OK;
	cli_message(_("all keys and certificates on the token %s will be lost,"
		      " and nobody can bring them back (it has %" PRId64
		      " keys that sign)"), label, signet_token_keys(t));
	if (args->yes)
		return CLI_OK;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		cli_error(_("nobody can be asked here: use --yes"));
		return CLI_USAGE;
	}
	cli_message(_("type the label of the token to go on, anything else to"
		      " stop:"));
	if (label_is_typed(label))
		return CLI_OK;
	cli_message(_("nothing was changed"));
	return CLI_REFUSED;
}

static int initialise(const struct token_args *args, struct signet_client *c,
		      const struct signet_token *t, const char *label)
{
	struct signet_pin *p;
	int r;

	cli_wait_begin();
	r = signet_client_pin(c, SIGNET_PIN_INITIALIZE, signet_token_uri(t),
			      label, &p);
	cli_wait_end();
	if (r != 0)
		return cli_problem(signet_client_error(c), NULL,
				   args->common.json);
	if (args->common.json)
		printf("%s\n", signet_pin_json(p));
	else
		cli_message(_("%s: the token is new, and has no keys yet"),
			    signet_pin_label(p));
	signet_pin_free(p);
	return CLI_OK;
}

/* A script names it: another card may be in the reader than it thinks. */
static bool may_be_left_out(const struct token_args *args,
			    const struct signet_tokens *all)
{
	const struct signet_token *t = signet_tokens_at(all, 0);

	if (t == NULL || signet_tokens_at(all, 1) != NULL)
		return t == NULL;
	return is_blank(t) || !args->yes;
}

static int run_init(const struct token_args *args, struct signet_client *c,
		    const struct signet_tokens *all)
{
	const struct signet_token *t;
	const char *label = args->label;
	int r;

	if (args->token == NULL && !may_be_left_out(args, all)) {
		cli_tokens_print(all);
		cli_error(_("name the token with --token URI"));
		return CLI_USAGE;
	}
	r = cli_tokens_find(c, all, args->token, args->common.json, &t);
	if (r != CLI_OK)
		return r;
	if (label == NULL)
		label = signet_token_label(t);
	if (label[0] == '\0') {
		cli_error(_("give the token a label: --label LABEL"));
		return CLI_USAGE;
	}
	r = confirm(args, t);
	return r != CLI_OK ? r : initialise(args, c, t, label);
}

/* --- the command -------------------------------------------------------- */

static const struct action {
	const char *word;
	int (*run)(const struct token_args *args, struct signet_client *c,
		   const struct signet_tokens *all);
} actions[] = {
	{ "list", run_list },
	{ "init", run_init },
	{ "info", run_info },
};

static const struct action *action_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].word, word) == 0)
			return &actions[i];
	return NULL;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	AUTO(cli_tokens_freep) struct signet_tokens *all = NULL;
	struct token_args args = { .token = NULL };
	struct cli_common common;
	const struct action *a;
	int r = cli_option_parse(command, argc, argv, &common, take, &args);

	if (r < 0)
		return -1 - r;
	args.common = common;
	a = action_find(argv[r]);
	if (a == NULL) {
		cli_error(_("say what to do: %s"), command->operands);
		cli_message(_("try: signet %s --help"), command->name);
		return CLI_USAGE;
	}
	if (r + 1 < argc)
		return cli_option_surplus(command, argv[r + 1]);
	r = cli_connect(&common, &c);
	if (r != CLI_OK)
		return r;
	if (signet_client_all_tokens(c, &all) != 0)
		return cli_problem(signet_client_error(c), NULL, common.json);
	return a->run(&args, c, all);
}

static const struct cli_option options[] = {
	{ OPTION_TOKEN, "token", "URI", N_("this token (PKCS#11 URI)") },
	{ OPTION_LABEL, "label", "LABEL", N_("init: its new label") },
	{ OPTION_YES, "yes", NULL,
	  N_("init: do not ask before all keys on it are lost") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_token_command = {
	.name = "token",
	.operands = "list|info|init",
	.summary = N_("show a token, or initialise it: its keys are lost"),
	.options = options,
	.run = run,
};
