/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: signet tokens: the cards and tokens that are there.
 */
#include "cli/tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/table.h"
#include "cli/term.h"
#include "signet.h"

void cli_tokens_freep(struct signet_tokens **t)
{
	signet_tokens_free(*t);
}

static void add_row(struct cli_table *table, const struct signet_token *t)
{
	char keys[24];

	snprintf(keys, sizeof(keys), "%" PRId64, signet_token_keys(t));
	cli_table_add(table, (const char *const[]){
		signet_token_label(t), signet_token_state(t),
		signet_token_login_required(t) ? signet_token_pin(t) : "-",
		keys, signet_token_module(t), signet_token_uri(t) });
}

static void print_remarks(const struct signet_token *t)
{
	char label[256], text[1024];

	cli_term_safe(signet_token_label(t), label, sizeof(label));
	if (signet_token_error(t) != NULL) {
		cli_term_safe(signet_token_error(t), text, sizeof(text));
		printf(_("error of %s: %s\n"), label, text);
	}
	if (signet_token_pinpad(t))
		printf(_("%s: the PIN is typed on the reader\n"), label);
}

void cli_tokens_print(const struct signet_tokens *tokens)
{
	const char *const headings[] = { _("LABEL"), _("STATE"), _("PIN"),
					 _("KEYS"), _("MODULE"), _("URI") };
	AUTO(cli_table_fini) struct cli_table table = { .rows = 0 };
	const struct signet_token *t;

	if (signet_tokens_at(tokens, 0) == NULL) {
		printf(_("There is no token. Is the card in the reader?\n"));
		return;
	}
	cli_table_init(&table, ARRAY_LEN(headings), 1, headings);
	for (size_t i = 0; (t = signet_tokens_at(tokens, i)) != NULL; i++)
		add_row(&table, t);
	cli_table_print(&table);
	for (size_t i = 0; (t = signet_tokens_at(tokens, i)) != NULL; i++)
		print_remarks(t);
}

/* signetd knows what matches a URI: it is asked to look at its PIN. */
static int find_by_part(struct signet_client *c,
			const struct signet_tokens *tokens, const char *uri,
			bool json, const struct signet_token **out)
{
	struct signet_pin *p;
	const struct signet_token *t;

	if (signet_client_pin(c, SIGNET_PIN_STATUS, uri, NULL, &p) != 0)
		return cli_problem(signet_client_error(c), NULL, json);
	for (size_t i = 0; (t = signet_tokens_at(tokens, i)) != NULL; i++)
		if (signet_pin_token(p) != NULL &&
		    strcmp(signet_token_uri(t), signet_pin_token(p)) == 0)
			break;
	signet_pin_free(p);
	if (t == NULL) {
		cli_error(_("the token is not there any more"));
		return CLI_FAULT;
	}
	*out = t;
	return CLI_OK;
}

int cli_tokens_find(struct signet_client *c, const struct signet_tokens *tokens,
		    const char *uri, bool json, const struct signet_token **out)
{
	const struct signet_token *t = signet_tokens_at(tokens, 0);

	if (uri == NULL && t != NULL && signet_tokens_at(tokens, 1) == NULL) {
		*out = t;
		return CLI_OK;
	}
	for (size_t i = 0; uri != NULL && t != NULL; i++) {
		if (strcmp(signet_token_uri(t), uri) == 0) {
			*out = t;
			return CLI_OK;
		}
		t = signet_tokens_at(tokens, i + 1);
	}
	return find_by_part(c, tokens, uri, json, out);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	AUTO(cli_tokens_freep) struct signet_tokens *t = NULL;
	struct cli_common common;
	int r = cli_option_parse(command, argc, argv, &common, NULL, NULL);

	if (r < 0)
		return -1 - r;
	if (r < argc)
		return cli_option_surplus(command, argv[r]);
	r = cli_connect(&common, &c);
	if (r != CLI_OK)
		return r;
	if (signet_client_tokens(c, &t) != 0)
		return cli_problem(signet_client_error(c), NULL, common.json);
	if (common.json)
		printf("%s\n", signet_tokens_json(t));
	else
		cli_tokens_print(t);
	return CLI_OK;
}

static const struct cli_option options[] = {
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_tokens_command = {
	.name = "tokens",
	.operands = "",
	.summary = N_("list the cards and tokens"),
	.options = options,
	.run = run,
};
