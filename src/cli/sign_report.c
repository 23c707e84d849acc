/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_report: what `signet sign` says came of a file.
 */
#include <stdio.h>

#include "base/err.h"
#include "cli/batch.h"
#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/sign.h"
#include "cli/term.h"

void cli_sign_print_json(const char *text)
{
	char safe[CLI_PATH_MAX];

	/* No control character is left in it, and no broken UTF-8. */
	cli_term_safe(text, safe, sizeof(safe));
	putchar('"');
	for (const char *c = safe; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		putchar(*c);
	}
	putchar('"');
}

void cli_sign_done(const struct cli_sign *s, const char *file,
		   const char *path, size_t item,
		   const struct signet_signature *signature)
{
	/* A batch that broke off does not tell. */
	const char *alg = signet_signature_algorithm(signature);

	cli_batch_lock();
	if (s->common.json) {
		printf("{\"file\":");
		cli_sign_print_json(file);
		printf(",\"output\":");
		cli_sign_print_json(path);
		if (item > 0)
			printf(",\"item\":%zu", item);
		printf(",\"answer\":%s}\n", signet_signature_json(signature));
	} else if (!s->quiet && path[0] != '\0') {
		if (alg[0] != '\0')
			cli_message(_("%s: signed with %s: %s"), file, alg,
				    path);
		else
			cli_message(_("%s: signed: %s"), file, path);
	}
	cli_batch_unlock();
}

void cli_sign_refused_json(const struct cli_sign *s, const char *file,
			   const struct signet_error *e)
{
	if (!s->common.json)
		return;
	printf("{\"file\":");
	cli_sign_print_json(file);
	printf(",\"problem\":%s}\n", signet_error_json(e));
}

int cli_sign_refused(const struct cli_sign *s, const char *file,
		     const struct signet_error *e)
{
	int status;

	cli_batch_lock();
	status = cli_problem(e, file, false);
	cli_sign_refused_json(s, file, e);
	cli_batch_unlock();
	return status;
}

/* The problem document that signetd would have sent. */
static void print_problem(const char *file, const struct error *e)
{
	const struct err_info *info = err_info(e->code);

	printf("{\"file\":");
	cli_sign_print_json(file);
	printf(",\"problem\":{\"type\":\"urn:signet:problem:%s\","
	       "\"title\":\"%s\",\"status\":%d,\"code\":\"%s\",\"detail\":",
	       info->code, info->title, info->http, info->code);
	cli_sign_print_json(e->message);
	printf(",\"retry\":%s}}\n", info->retry ? "true" : "false");
}

int cli_sign_trouble(const struct cli_sign *s, const char *file,
		     const struct error *e)
{
	bool refused = err_info(e->code)->kind == ERR_KIND_REFUSAL;

	cli_batch_lock();
	cli_failure(e, file);
	if (s->common.json)
		print_problem(file, e);
	cli_batch_unlock();
	return refused ? CLI_REFUSED : CLI_FILE;
}
