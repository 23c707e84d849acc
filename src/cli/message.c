/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: what the command says on standard error, and its exit status.
 */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "cli/i18n.h"
#include "cli/term.h"

#define MESSAGE_MAX 4096

static const struct hint {
	int code;
	const char *text;
} hints[] = {
	{ SIGNET_ERR_NO_DAEMON,
	  N_("start signetd, or name its socket with --socket") },
	{ SIGNET_ERR_AMBIGUOUS,
	  N_("choose one with --key or --token; \"signet keys\" and"
	     " \"signet tokens\" list them") },
	{ SIGNET_ERR_NO_SUCH_KEY, N_("\"signet keys\" lists the keys") },
	{ SIGNET_ERR_NO_SUCH_TOKEN, N_("\"signet tokens\" lists the tokens") },
	{ SIGNET_ERR_NOT_ALLOWED,
	  N_("\"signet policy explain\" shows what the rules say; whoever"
	     " configured signetd can change them") },
	{ SIGNET_ERR_CONTENT,
	  N_("correct the content, or sign it as data that cannot be shown:"
	     " --media-type application/octet-stream") },
	{ SIGNET_ERR_DECLINED,
	  N_("nothing was signed or changed; start again if that was a"
	     " mistake") },
	{ SIGNET_ERR_NOT_ANSWERED,
	  N_("nothing was signed or changed; start again and answer the"
	     " dialog in time") },
	{ SIGNET_ERR_BANK_REQUEST,
	  N_("do not pay by other means: ask the bank for a new request") },
	{ SIGNET_ERR_REPLAYED,
	  N_("it was signed before; ask the bank for a new request only if"
	     " that did not arrive") },
	{ SIGNET_ERR_TOKEN_BUSY,
	  N_("answer or close the dialog that is open for this token, then try"
	     " again") },
	{ SIGNET_ERR_PROMPT,
	  N_("install pinentry-curses or a graphical pinentry, or set prompt:"
	     " in signetd.yaml") },
	{ SIGNET_ERR_PIN_LENGTH,
	  N_("\"signet pin status\" shows how long a PIN may be") },
	{ SIGNET_ERR_IMPOSSIBLE,
	  N_("\"signet keys\" lists what each key can do") },
	{ SIGNET_ERR_QUOTA, N_("try again in a moment, or with fewer --jobs") },
	{ SIGNET_ERR_PIN_WRONG,
	  N_("be sure of the PIN before the next try, the card counts them:"
	     " \"signet pin status\"") },
	{ SIGNET_ERR_PIN_LOCKED,
	  N_("\"signet pin unblock\" sets a new PIN with the PUK (SO PIN)") },
	{ SIGNET_ERR_PIN_SOURCE,
	  N_("the pin-source file must be yours, and mode 0600") },
	{ SIGNET_ERR_NOT_UNATTENDED,
	  N_("set unattended and pin_source for it in signetd.yaml, or a rule"
	     " that asks") },
	{ SIGNET_ERR_NOT_LOGGED_IN,
	  N_("\"signet pin status\" shows how its PIN stands") },
	{ SIGNET_ERR_MODULE,
	  N_("\"signet status\" shows the module and its last error") },
	{ SIGNET_ERR_MODULE_LOAD,
	  N_("\"signet status\" shows the module and its last error") },
	{ SIGNET_ERR_MISMATCH,
	  N_("do not use this token before its maker has looked at it") },
	{ SIGNET_ERR_TOKEN_GONE, N_("insert the card again") },
	{ SIGNET_ERR_DEADLINE,
	  N_("\"signet status\" shows whether the module hangs") },
	{ SIGNET_ERR_STARTING, N_("try again in a moment") },
	{ SIGNET_ERR_SHUTTING_DOWN, N_("try again in a moment") },
	{ SIGNET_ERR_WORKER_LOST, N_("try again") },
	{ SIGNET_ERR_PROTOCOL,
	  N_("are signet and signetd of the same version?") },
	{ SIGNET_ERR_INTERNAL,
	  N_("please report this, with the log of signetd") },
};

static void PRINTF_LIKE(2, 0)
put_line(const char *head, const char *format, va_list ap)
{
	char text[MESSAGE_MAX], safe[MESSAGE_MAX];

	vsnprintf(text, sizeof(text), format, ap);
	cli_term_safe(text, safe, sizeof(safe));
	cli_term_clear();
	fprintf(stderr, "signet: %s%s\n", head, safe);
}

void cli_message(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_line("", format, ap);
	va_end(ap);
}

void cli_error(const char *format, ...)
{
	char head[128];
	va_list ap;

	snprintf(head, sizeof(head), "%s%s%s ",
		 cli_term_colour(stderr, CLI_RED), _("error:"),
		 cli_term_colour(stderr, CLI_PLAIN));
	va_start(ap, format);
	put_line(head, format, ap);
	va_end(ap);
}

static const char *hint_for(int code)
{
	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (hints[i].code == code)
			return _(hints[i].text);
	return NULL;
}

int cli_exit_of(const struct signet_error *e)
{
	switch (signet_error_code(e)) {
	case SIGNET_ERR_NO_DAEMON:
		return CLI_NO_DAEMON;
	case SIGNET_ERR_IO:
		return CLI_FILE;
	case SIGNET_ERR_USAGE:
		return CLI_USAGE;
	}
	return signet_error_kind(e) == SIGNET_REFUSAL ? CLI_REFUSED : CLI_FAULT;
}

/* "file: title: detail (CKR_X)", without what there is not. */
static void say_what(const struct signet_error *e, const char *subject)
{
	const char *detail = signet_error_detail(e);
	const char *ckr = signet_error_ckr(e);

	cli_error("%s%s%s%s%s%s%s%s", subject == NULL ? "" : subject,
		  subject == NULL ? "" : ": ", signet_error_title(e),
		  detail[0] == '\0' ? "" : ": ", detail,
		  ckr == NULL ? "" : " (", ckr == NULL ? "" : ckr,
		  ckr == NULL ? "" : ")");
}

int cli_problem(const struct signet_error *e, const char *subject, bool json)
{
	const char *hint = hint_for(signet_error_code(e));

	say_what(e, subject);
	if (hint != NULL)
		cli_message("%s", hint);
	if (json)
		printf("%s\n", signet_error_json(e));
	return cli_exit_of(e);
}

int cli_failure(const struct error *e, const char *subject)
{
	cli_error("%s%s%s", subject == NULL ? "" : subject,
		  subject == NULL ? "" : ": ", e->message);
	return e->code == ERR_NO_DAEMON || e->code == ERR_CONFIG ?
		CLI_NO_DAEMON : CLI_FILE;
}
