/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: signet pin: how a PIN stands, a new one, and a way out of a locked one.
 *
 * PINs are typed in a dialog of signetd's or on the reader.  This command never
 * has one: no option takes it, nothing is read from standard input.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "cli/tokens.h"
#include "cli/wait.h"
#include "signet.h"

enum { OPTION_TOKEN = CLI_OPTION_LONG };

struct pin_args {
	const char *token;
};

static bool take(void *context, int id, const char *value)
{
	struct pin_args *args = context;

	args->token = value;
	return id == OPTION_TOKEN && value[0] != '\0';
}

static void pin_freep(struct signet_pin **p)
{
	signet_pin_free(*p);
}

/* What a state means for whoever is about to type. */
static const char *meaning(const char *state)
{
	static const struct {
		const char *state, *text;
	} meanings[] = {
		{ "count-low", N_("a wrong one was typed") },
		{ "final-try", N_("one try is left") },
		{ "locked", N_("it cannot be used any more") },
		{ "uninitialized", N_("there is none yet") },
	};

	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (strcmp(state, meanings[i].state) == 0)
			return _(meanings[i].text);
	return NULL;
}

static void print_state(const char *name, const char *state)
{
	const char *text = meaning(state);
	int pad = 10 - (int)cli_term_width(name);

	printf("  %s%*s %s%s%s%s%s\n", name, pad > 0 ? pad : 0, "",
	       cli_term_colour(stdout, cli_term_colour_of(state)), state,
	       cli_term_colour(stdout, CLI_PLAIN), text == NULL ? "" : ": ",
	       text == NULL ? "" : text);
}

static void print_status(const struct signet_pin *p)
{
	char label[256], uri[2048];

	cli_term_safe(signet_pin_label(p), label, sizeof(label));
	cli_term_safe(signet_pin_token(p), uri, sizeof(uri));
	printf("%s%s%s\n  %s\n", cli_term_colour(stdout, CLI_BOLD), label,
	       cli_term_colour(stdout, CLI_PLAIN), uri);
	print_state(_("PIN:"), signet_pin_state(p));
	print_state(_("SO PIN:"), signet_pin_so_state(p));
	printf(_("  a PIN has %" PRId64 " to %" PRId64 " characters\n"),
	       signet_pin_min(p), signet_pin_max(p));
	if (signet_pin_pinpad(p))
		printf(_("  it is typed on the reader\n"));
}

static int status_of(struct signet_client *c, const char *token, bool json)
{
	AUTO(pin_freep) struct signet_pin *p = NULL;

	if (signet_client_pin(c, SIGNET_PIN_STATUS, token, NULL, &p) != 0)
		return cli_problem(signet_client_error(c), token, json);
	if (json)
		printf("%s\n", signet_pin_json(p));
	else
		print_status(p);
	return CLI_OK;
}

/* Without --token all of them, each for itself. */
static int run_status(struct signet_client *c, const char *token, bool json)
{
	AUTO(cli_tokens_freep) struct signet_tokens *all = NULL;
	const struct signet_token *t;
	int status = CLI_OK, r;

	if (token != NULL)
		return status_of(c, token, json);
	if (signet_client_tokens(c, &all) != 0)
		return cli_problem(signet_client_error(c), NULL, json);
	if (signet_tokens_at(all, 0) == NULL && !json)
		cli_tokens_print(all);
	for (size_t i = 0; (t = signet_tokens_at(all, i)) != NULL; i++) {
		r = status_of(c, signet_token_uri(t), json);
		if (r > status)
			status = r;
	}
	return status;
}

/* signetd chooses the token when there is one, and names them otherwise. */
static int run_new(struct signet_client *c, enum signet_pin_operation what,
		   const char *token, bool json)
{
	AUTO(pin_freep) struct signet_pin *p = NULL;
	int r;

	cli_wait_begin();
	r = signet_client_pin(c, what, token, NULL, &p);
	cli_wait_end();
	if (r != 0)
		return cli_problem(signet_client_error(c), token, json);
	if (json)
		printf("%s\n", signet_pin_json(p));
	else
		cli_message(what == SIGNET_PIN_CHANGE ?
			    _("%s: the PIN is changed") :
			    _("%s: there is a new PIN"), signet_pin_label(p));
	return CLI_OK;
}

/* The operation by its word; false: there is none. */
static bool operation(const char *word, enum signet_pin_operation *out)
{
	static const struct {
		const char *word;
		enum signet_pin_operation operation;
	} words[] = {
		{ "status", SIGNET_PIN_STATUS },
		{ "change", SIGNET_PIN_CHANGE },
		{ "unblock", SIGNET_PIN_UNBLOCK },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i].word) == 0) {
			*out = words[i].operation;
			return true;
		}
	return false;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	struct pin_args args = { .token = NULL };
	enum signet_pin_operation what;
	struct cli_common common;
	int r = cli_option_parse(command, argc, argv, &common, take, &args);

	if (r < 0)
		return -1 - r;
	if (r == argc || !operation(argv[r], &what)) {
		cli_error(_("say what to do: %s"), command->operands);
		cli_message(_("try: signet %s --help"), command->name);
		return CLI_USAGE;
	}
	if (r + 1 < argc)
		return cli_option_surplus(command, argv[r + 1]);
	r = cli_connect(&common, &c);
	if (r != CLI_OK)
		return r;
	if (what == SIGNET_PIN_STATUS)
		return run_status(c, args.token, common.json);
	return run_new(c, what, args.token, common.json);
}

static const struct cli_option options[] = {
	{ OPTION_TOKEN, "token", "URI", N_("of this token (PKCS#11 URI)") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_pin_command = {
	.name = "pin",
	.operands = "status|change|unblock",
	.summary = N_("look at, change or unblock a PIN, typed in a dialog"),
	.options = options,
	.run = run,
};
