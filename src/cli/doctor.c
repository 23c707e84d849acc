/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor: signet doctor: the command, and the lines of its report.
 */
#include "cli/doctor.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "signet.h"

#define DOCTOR_JSON_MAX (1u << 20)

enum { OPTION_START = CLI_OPTION_LONG };

static const struct {
	const char *word; /* of scripts */
	const char *shown;
	enum cli_colour colour;
} results[] = {
	[DOCTOR_OK] = { "ok", N_("ok"), CLI_GREEN },
	[DOCTOR_WARNING] = { "warning", N_("warning"), CLI_YELLOW },
	[DOCTOR_ERROR] = { "error", N_("error"), CLI_RED },
};

static void print_line(enum doctor_result result, const char *mend,
		       const char *text)
{
	const char *shown = _(results[result].shown);
	char safe[DOCTOR_TEXT_MAX];
	int pad = 8 - (int)cli_term_width(shown);

	cli_term_safe(text, safe, sizeof(safe));
	printf("%s%s%s%*s %s\n",
	       cli_term_colour(stdout, results[result].colour), shown,
	       cli_term_colour(stdout, CLI_PLAIN), pad > 0 ? pad : 0, "", safe);
	if (mend != NULL) {
		cli_term_safe(mend, safe, sizeof(safe));
		printf("         %s %s\n", _("mend:"), safe);
	}
	/* What is being looked at may take its time. */
	fflush(stdout);
}

void doctor_say(struct doctor *d, const char *check, enum doctor_result result,
		const char *mend, const char *format, ...)
{
	char text[DOCTOR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (result > d->worst)
		d->worst = result;
	if (!d->common->json) {
		print_line(result, mend, text);
		return;
	}
	writer_open(&d->json, NULL, '{');
	writer_text(&d->json, "check", check);
	writer_text(&d->json, "result", results[result].word);
	writer_text(&d->json, "text", text);
	writer_text_or_null(&d->json, "mend", mend);
	writer_close(&d->json, '}');
}

static void examine(struct doctor *d)
{
	doctor_service(d);
	doctor_usb(d);
	doctor_pcscd(d);
	doctor_module(d);
	doctor_token(d);
	doctor_seen(d);
	doctor_pages(d);
	doctor_browser(d);
	doctor_machine(d);
}

static int finish(struct doctor *d)
{
	static const int statuses[] = {
		[DOCTOR_OK] = CLI_OK,
		[DOCTOR_WARNING] = CLI_DOCTOR_WARNING,
		[DOCTOR_ERROR] = CLI_DOCTOR_ERROR,
	};

	writer_close(&d->json, ']');
	if (d->common->json && buf_error(&d->text) != 0) {
		cli_error(_("the report is too long"));
		d->worst = DOCTOR_ERROR;
	} else if (d->common->json) {
		printf("%s\n", buf_text(&d->text));
	}
	buf_fini(&d->text);
	signet_tokens_free(d->tokens);
	signet_status_free(d->status);
	signet_client_free(d->client);
	return statuses[d->worst];
}

static bool take(void *context, int id, const char *value)
{
	struct doctor *d = context;

	if (id != OPTION_START)
		return false;
	d->start = true;
	return true;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli_common common;
	struct doctor d = { .common = &common };
	int r = cli_option_parse(command, argc, argv, &common, take, &d);

	if (r < 0)
		return -1 - r;
	if (r < argc)
		return cli_option_surplus(command, argv[r]);
	if (common.timeout_ms == 0)
		common.timeout_ms = DOCTOR_DEADLINE_MS;
	/* What programs read is in one language. */
	if (common.json)
		setlocale(LC_MESSAGES, "C");
	buf_init(&d.text, DOCTOR_JSON_MAX);
	d.json = writer_of(&d.text);
	writer_open(&d.json, NULL, '[');
	examine(&d);
	return finish(&d);
}

static const struct cli_option options[] = {
	{ OPTION_START, "start", NULL, N_("start signetd when none runs") },
	{ CLI_OPTION_SOCKET, "socket", "PATH", N_("socket of signetd") },
	{ CLI_OPTION_TIMEOUT, "timeout", "SECONDS",
	  N_("longest wait for an answer") },
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_doctor_command = {
	.name = "doctor",
	.operands = "",
	.summary = N_("find out what keeps cards and tokens from signing"),
	.options = options,
	.run = run,
};
