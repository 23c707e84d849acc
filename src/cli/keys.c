/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: signet keys: the keys and their certificates.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "signet.h"

enum {
	OPTION_TOKEN = CLI_OPTION_LONG,
	OPTION_ISSUER,
	OPTION_PURPOSE
};

struct keys_args {
	const char *token, *issuer, *purpose;
};

static void keys_freep(struct signet_keys **k)
{
	signet_keys_free(*k);
}

/* "  name  text", or nothing when there is no text. */
static void print_line(const char *name, const char *text)
{
	char safe[2048];
	int pad = 12 - (int)cli_term_width(name);

	if (text == NULL || text[0] == '\0')
		return;
	cli_term_safe(text, safe, sizeof(safe));
	printf("  %s%*s %s\n", name, pad > 0 ? pad : 0, "", safe);
}

static void print_head(const struct signet_key *k)
{
	char label[256], what[64];
	const char *name;

	cli_term_safe(signet_key_label(k), label, sizeof(label));
	if (signet_key_curve(k) != NULL)
		snprintf(what, sizeof(what), "%s %s", signet_key_type(k),
			 signet_key_curve(k));
	else
		snprintf(what, sizeof(what), "%s %" PRId64, signet_key_type(k),
			 signet_key_size(k));
	printf("%s%s%s  %s ", cli_term_colour(stdout, CLI_BOLD), label,
	       cli_term_colour(stdout, CLI_PLAIN), what);
	for (size_t i = 0; (name = signet_key_algorithm(k, i)) != NULL; i++)
		printf(" %s", name);
	printf("\n");
}

static void print_certificate(const struct signet_key *k)
{
	char valid[128];

	if (signet_key_subject(k) == NULL) {
		print_line(_("certificate"), _("none"));
		return;
	}
	print_line(_("subject"), signet_key_subject(k));
	print_line(_("issuer"), signet_key_issuer(k));
	snprintf(valid, sizeof(valid), "%s - %s", signet_key_not_before(k),
		 signet_key_not_after(k));
	print_line(_("valid"), valid);
}

static void print_key(const struct signet_key *k)
{
	const char *text;

	print_head(k);
	print_certificate(k);
	print_line(_("uri"), signet_key_uri(k));
	if (signet_key_always_authenticate(k))
		print_line(_("PIN"), _("for every signature"));
	for (size_t i = 0; (text = signet_key_warning(k, i)) != NULL; i++)
		print_line(_("warning"), text);
}

static void print_keys(const struct signet_keys *keys)
{
	const struct signet_key *k;

	if (signet_keys_at(keys, 0) == NULL)
		printf(_("There is no such key.\n"));
	for (size_t i = 0; (k = signet_keys_at(keys, i)) != NULL; i++) {
		if (i > 0)
			printf("\n");
		print_key(k);
	}
}

static bool take(void *context, int id, const char *value)
{
	struct keys_args *args = context;

	switch (id) {
	case OPTION_TOKEN:
		args->token = value;
		return true;
	case OPTION_ISSUER:
		args->issuer = value;
		return true;
	case OPTION_PURPOSE:
		args->purpose = value;
		return true;
	}
	return false;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	AUTO(keys_freep) struct signet_keys *k = NULL;
	struct keys_args args = { .token = NULL };
	struct cli_common common;
	int r = cli_option_parse(command, argc, argv, &common, take, &args);

	if (r < 0)
		return -1 - r;
	if (r < argc)
		return cli_option_surplus(command, argv[r]);
	r = cli_connect(&common, &c);
	if (r != CLI_OK)
		return r;
	if (signet_client_keys(c, args.token, args.issuer, args.purpose, &k))
		return cli_problem(signet_client_error(c), NULL, common.json);
	if (common.json)
		printf("%s\n", signet_keys_json(k));
	else
		print_keys(k);
	return CLI_OK;
}

static const struct cli_option options[] = {
	{ OPTION_TOKEN, "token", "URI", N_("only keys of this token") },
	{ OPTION_ISSUER, "issuer", "TEXT",
	  N_("only keys whose certificate is issued by this") },
	{ OPTION_PURPOSE, "purpose", "USAGE",
	  N_("only keys whose certificate has this extended usage") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_keys_command = {
	.name = "keys",
	.operands = "",
	.summary = N_("list the keys and their certificates"),
	.options = options,
	.run = run,
};
