/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: signet verify: is a signature good, and whose is it?
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "signet.h"

enum {
	OPTION_CERTIFICATE = CLI_OPTION_LONG,
	OPTION_CA,
	OPTION_CRL,
	OPTION_AT
};

struct verify_args {
	struct signet_verifier *verifier;
	const char *content;
	bool failed; /* of the verifier: its error tells */
};

static void verifier_freep(struct signet_verifier **v)
{
	signet_verifier_free(*v);
}

static void report_freep(struct signet_report **r)
{
	signet_report_free(*r);
}

static bool take_time(struct verify_args *args, const char *value)
{
	int64_t when;

	if (clock_parse(value, &when) != 0)
		return false;
	signet_verifier_set_time(args->verifier, when);
	return true;
}

/* The first trouble with a file is kept, and told when all is parsed. */
static bool take(void *context, int id, const char *value)
{
	struct verify_args *args = context;
	int r = 0;

	if (args->failed)
		return true;
	switch (id) {
	case 'c':
		args->content = value;
		return true;
	case OPTION_AT:
		return take_time(args, value);
	case OPTION_CERTIFICATE:
		r = signet_verifier_set_certificate_file(args->verifier, value);
		break;
	case OPTION_CA:
		r = signet_verifier_add_ca_file(args->verifier, value);
		break;
	case OPTION_CRL:
		r = signet_verifier_add_crl_file(args->verifier, value);
		break;
	case 'a':
		r = signet_verifier_set_algorithm(args->verifier, value);
		return r == 0;
	default:
		return false;
	}
	args->failed = r != 0;
	return true;
}

static bool is_stdin(const char *file)
{
	return strcmp(file, "-") == 0;
}

static int load_content(struct verify_args *args)
{
	if (args->failed)
		return -1;
	if (args->content == NULL)
		return 0;
	if (is_stdin(args->content))
		return signet_verifier_set_content_fd(args->verifier,
						      STDIN_FILENO);
	return signet_verifier_set_content_file(args->verifier, args->content);
}

static void print_line(const char *name, const char *text)
{
	char safe[2048];
	int pad = 14 - (int)cli_term_width(name);

	if (text[0] == '\0')
		return;
	cli_term_safe(text, safe, sizeof(safe));
	printf("%s%*s %s\n", name, pad > 0 ? pad : 0, "", safe);
}

static void print_report(const struct signet_report *r)
{
	const char *verdict = signet_report_verdict(r);
	const char *sub = signet_report_sub(r);

	printf("%s%s%s%s%s\n",
	       cli_term_colour(stdout, cli_term_colour_of(verdict)), verdict,
	       cli_term_colour(stdout, CLI_PLAIN), sub[0] == '\0' ? "" : ": ",
	       sub);
	print_line(_("why:"), signet_report_text(r));
	print_line(_("signer:"), signet_report_signer(r));
	print_line(_("issuer:"), signet_report_issuer(r));
	print_line(_("serial:"), signet_report_serial(r));
	print_line(_("algorithm:"), signet_report_algorithm(r));
	print_line(_("claimed time:"), signet_report_signing_time(r));
}

/* What the user can do about a verdict that is none. */
static void print_hint(const struct signet_report *r)
{
	static const struct {
		const char *sub, *text;
	} hints[] = {
		{ "SIGNED_DATA_NOT_FOUND", N_("name the content: --content") },
		{ "NO_CERTIFICATE_CHAIN_FOUND",
		  N_("name the CA that you rely on: --ca") },
		{ "NO_SIGNING_CERTIFICATE_FOUND",
		  N_("name the signer's certificate: --certificate") },
		{ "TRY_LATER", N_("name a newer revocation list: --crl") },
	};

	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (strcmp(signet_report_sub(r), hints[i].sub) == 0)
			cli_message("%s", _(hints[i].text));
}

static int exit_status(const struct signet_report *r)
{
	if (signet_report_passed(r))
		return CLI_OK;
	if (strcmp(signet_report_verdict(r), "INDETERMINATE") == 0)
		return CLI_INDETERMINATE;
	return CLI_REFUSED;
}

static int verify(struct verify_args *args, const char *file, bool json)
{
	AUTO(report_freep) struct signet_report *report = NULL;
	struct signet_verifier *v = args->verifier;
	int r = load_content(args);

	if (r == 0)
		r = is_stdin(file) ? signet_verify_fd(v, STDIN_FILENO,
						      &report) :
				     signet_verify_file(v, file, &report);
	if (r != 0)
		return cli_problem(signet_verifier_error(v), NULL, json);
	if (json)
		printf("%s\n", signet_report_json(report));
	else
		print_report(report);
	print_hint(report);
	return exit_status(report);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(verifier_freep) struct signet_verifier *v = NULL;
	struct verify_args args = { .verifier = NULL };
	struct cli_common common;
	int r;

	if (signet_verifier_new(&v) != 0) {
		cli_error(_("there is no memory"));
		return CLI_FAULT;
	}
	args.verifier = v;
	r = cli_option_parse(command, argc, argv, &common, take, &args);
	if (r < 0)
		return -1 - r;
	if (argc - r != 1) {
		cli_error(_("name one signature, or - for standard input"));
		return CLI_USAGE;
	}
	if (args.content != NULL && is_stdin(args.content) &&
	    is_stdin(argv[r])) {
		cli_error(_("standard input cannot be both"));
		return CLI_USAGE;
	}
	return verify(&args, argv[r], common.json);
}

static const struct cli_option options[] = {
	{ 'c', "content", "FILE", N_("what was signed, when it is detached") },
	{ OPTION_CA, "ca", "FILE", N_("CA certificates to rely on") },
	{ OPTION_CRL, "crl", "FILE", N_("revocation list; may be repeated") },
	{ OPTION_CERTIFICATE, "certificate", "FILE",
	  N_("signer's certificate or public key, when it is not inside") },
	{ 'a', "algorithm", "NAME", N_("of a raw signature") },
	{ OPTION_AT, "at", "TIME",
	  N_("judge as of this time, 2026-11-23T12:00:00Z") },
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_verify_command = {
	.name = "verify",
	.operands = "SIGNATURE",
	.summary = N_("verify a signature; needs no signetd"),
	.options = options,
	.run = run,
};
