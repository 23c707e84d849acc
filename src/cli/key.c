/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: signet key: a new key pair on a token, and the certificate for it.
 *
 * The PIN, or a YubiKey's management key, is typed in a dialog of signetd's.
 */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/wait.h"
#include "signet.h"

enum {
	OPTION_TOKEN = CLI_OPTION_LONG,
	OPTION_ID,
	OPTION_TYPE,
	OPTION_LABEL
};

struct key_args {
	const char *token, *id, *type, *label;
	const char *file; /* of import-certificate, else NULL */
};

static bool take(void *context, int id, const char *value)
{
	struct key_args *args = context;

	switch (id) {
	case OPTION_TOKEN:
		args->token = value;
		break;
	case OPTION_ID:
		args->id = value;
		break;
	case OPTION_TYPE:
		args->type = value;
		break;
	case OPTION_LABEL:
		args->label = value;
		break;
	default:
		return false;
	}
	return value[0] != '\0';
}

static void made_freep(struct signet_made_key **p)
{
	signet_made_key_free(*p);
}

/* The public key as openssl(1) and makers of certificates take it. */
static void print_public(const char *base64)
{
	printf("-----BEGIN PUBLIC KEY-----\n");
	for (; base64[0] != '\0'; base64 += strnlen(base64, 64))
		printf("%.64s\n", base64);
	printf("-----END PUBLIC KEY-----\n");
}

static int operate(struct signet_client *c, const struct key_args *args,
		   bool json)
{
	AUTO(made_freep) struct signet_made_key *k = NULL;
	int r;

	cli_wait_begin();
	r = args->file != NULL ?
		signet_client_key_certificate(c, args->token, args->id,
					      args->file, args->label, &k) :
		signet_client_key_generate(c, args->token, args->id,
					   args->type, args->label, &k);
	cli_wait_end();
	if (r != 0)
		return cli_problem(signet_client_error(c), args->token, json);
	if (json) {
		printf("%s\n", signet_made_key_json(k));
		return CLI_OK;
	}
	if (args->file != NULL) {
		cli_message(_("key %s has its certificate"),
			    signet_made_key_id(k));
		return CLI_OK;
	}
	cli_message(_("key %s is made; this is its public key"),
		    signet_made_key_id(k));
	print_public(signet_made_key_public(k));
	return CLI_OK;
}

/* The words behind the options; 0, or how many of them are too many. */
static int words(struct key_args *args, int count, char **word, bool *known)
{
	bool import = count > 0 && strcmp(word[0], "import-certificate") == 0;
	int wanted = import ? 2 : 1;

	*known = (import || (count > 0 && strcmp(word[0], "generate") == 0)) &&
		 count >= wanted && (!import || args->type == NULL);
	if (!*known)
		return 0;
	if (import)
		args->file = word[1];
	else if (args->type == NULL)
		args->type = "p256";
	return count - wanted;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	struct key_args args = { .token = NULL };
	struct cli_common common;
	bool known;
	int r = cli_option_parse(command, argc, argv, &common, take, &args);
	int surplus;

	if (r < 0)
		return -1 - r;
	surplus = words(&args, argc - r, argv + r, &known);
	if (!known || args.id == NULL) {
		cli_error(known ? _("name the key with --id HEX") :
			  _("say what to do: %s"), command->operands);
		cli_message(_("try: signet %s --help"), command->name);
		return CLI_USAGE;
	}
	if (surplus > 0)
		return cli_option_surplus(command, argv[argc - surplus]);
	r = cli_connect(&common, &c);
	return r != CLI_OK ? r : operate(c, &args, common.json);
}

static const struct cli_option options[] = {
	{ OPTION_TOKEN, "token", "URI", N_("on this token (PKCS#11 URI)") },
	{ OPTION_ID, "id", "HEX",
	  N_("the key's CKA_ID; on a YubiKey 01 to 04 are 9a, 9c, 9d, 9e") },
	{ OPTION_TYPE, "type", "TYPE",
	  N_("generate: p256 (the default) or rsa2048") },
	{ OPTION_LABEL, "label", "LABEL", N_("its label") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_key_command = {
	.name = "key",
	.operands = "generate|import-certificate FILE",
	.summary = N_("make a key on a token, or give it its certificate"),
	.options = options,
	.run = run,
};
