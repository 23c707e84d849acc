/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_text: an event in words.
 */
#include "cli/watch_text.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/i18n.h"

#define MEMBER_MAX 512

/* A member that may go to a terminal; "?" when it is not there. */
struct member {
	char text[MEMBER_MAX];
};

static struct member member(const struct signet_event *e, const char *name)
{
	const char *text = signet_event_text(e, name);
	struct member m;

	cli_term_safe(text == NULL ? "?" : text, m.text, sizeof(m.text));
	return m;
}

static void put_error(const struct signet_event *e, char *out)
{
	const char *error = signet_event_error(e);
	size_t len = strlen(out);
	char text[MEMBER_MAX];

	if (error == NULL)
		return;
	cli_term_safe(error, text, sizeof(text));
	snprintf(out + len, CLI_WATCH_TEXT - len, ": %s", text);
}

/* A label says nothing when two tokens have the same. */
static struct member token_name(const struct signet_event *e)
{
	struct member label = member(e, "label"), serial = member(e, "serial");
	struct member m;

	if (signet_event_text(e, "serial") == NULL)
		return label;
	snprintf(m.text, sizeof(m.text), "%.200s (%.200s)", label.text,
		 serial.text);
	return m;
}

static void reader_added(const struct signet_event *e, char *out)
{
	struct member m = member(e, "reader");

	if (signet_event_snapshot(e))
		snprintf(out, CLI_WATCH_TEXT, _("reader %s is there"), m.text);
	else
		snprintf(out, CLI_WATCH_TEXT, _("reader %s was connected"),
			 m.text);
}

static void reader_removed(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, _("reader %s is gone"),
		 member(e, "reader").text);
}

static void card_inserted(const struct signet_event *e, char *out)
{
	struct member m = member(e, "reader");

	if (signet_event_snapshot(e))
		snprintf(out, CLI_WATCH_TEXT, _("there is a card in %s"),
			 m.text);
	else
		snprintf(out, CLI_WATCH_TEXT, _("a card was put into %s"),
			 m.text);
}

static void card_removed(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, _("the card was taken out of %s"),
		 member(e, "reader").text);
}

static void token_inserted(const struct signet_event *e, char *out)
{
	struct member m = token_name(e);

	if (signet_event_snapshot(e))
		snprintf(out, CLI_WATCH_TEXT, _("token %s is there"), m.text);
	else
		snprintf(out, CLI_WATCH_TEXT, _("token %s has come"), m.text);
	put_error(e, out);
}

static void token_removed(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, _("token %s is gone"),
		 token_name(e).text);
}

static void keys_changed(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, _("the keys of token %s have changed"),
		 token_name(e).text);
	put_error(e, out);
}

static void module_failed(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, _("module %s has failed"),
		 member(e, "module").text);
	put_error(e, out);
}

static void module_recovered(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, _("module %s works again"),
		 member(e, "module").text);
}

static void certificate_expiring(const struct signet_event *e, char *out)
{
	int64_t days = signet_event_number(e, "days");

	snprintf(out, CLI_WATCH_TEXT,
		 ngettext("the certificate of %s ends at %s, in %lld day",
			  "the certificate of %s ends at %s, in %lld days",
			  (unsigned long)days),
		 member(e, "subject").text, member(e, "not_after").text,
		 (long long)days);
}

/* The end of its path: the rest is in --json. */
static const char *program_name(const struct member *m)
{
	const char *slash = strrchr(m->text, '/');

	return slash == NULL ? m->text : slash + 1;
}

static void request_state(const struct signet_event *e, char *out)
{
	struct member program = member(e, "program");
	struct member id = member(e, "request"), state = member(e, "state");

	snprintf(out, CLI_WATCH_TEXT, _("request %.8s of %s: %s"), id.text,
		 program_name(&program), state.text);
	put_error(e, out);
}

/* A page asks to be allowed: no token has to do with it. */
static bool is_about_page(const struct signet_event *e)
{
	return strcmp(member(e, "purpose").text, "allow-page") == 0;
}

static void dialog_opened(const struct signet_event *e, char *out)
{
	if (is_about_page(e)) {
		snprintf(out, CLI_WATCH_TEXT, _("a dialog asks whether to allow"
						" %s"),
			 member(e, "origin").text);
		return;
	}
	snprintf(out, CLI_WATCH_TEXT, _("a dialog asks about token %s"),
		 member(e, "label").text);
}

static void dialog_closed(const struct signet_event *e, char *out)
{
	if (is_about_page(e)) {
		snprintf(out, CLI_WATCH_TEXT, _("the dialog about %s has"
						" closed"),
			 member(e, "origin").text);
		return;
	}
	snprintf(out, CLI_WATCH_TEXT, _("the dialog about token %s has"
					" closed"), member(e, "label").text);
}

static void lost(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, "%s", _("what happened in the meantime"
					      " is not known; what is there"
					      " now:"));
}

static void disconnected(const struct signet_event *e, char *out)
{
	snprintf(out, CLI_WATCH_TEXT, "%s", _("signetd has gone; waiting for"
					      " it"));
}

static const struct {
	const char *type;
	enum cli_colour colour;
	void (*say)(const struct signet_event *e, char *out);
} words[] = {
	{ "reader-added", CLI_GREEN, reader_added },
	{ "reader-removed", CLI_YELLOW, reader_removed },
	{ "card-inserted", CLI_GREEN, card_inserted },
	{ "card-removed", CLI_YELLOW, card_removed },
	{ "token-inserted", CLI_GREEN, token_inserted },
	{ "token-removed", CLI_YELLOW, token_removed },
	{ "keys-changed", CLI_PLAIN, keys_changed },
	{ "module-failed", CLI_RED, module_failed },
	{ "module-recovered", CLI_GREEN, module_recovered },
	{ "certificate-expiring", CLI_YELLOW, certificate_expiring },
	{ "request-state", CLI_PLAIN, request_state },
	{ "dialog-opened", CLI_BOLD, dialog_opened },
	{ "dialog-closed", CLI_PLAIN, dialog_closed },
	{ "lost", CLI_YELLOW, lost },
	{ "disconnected", CLI_RED, disconnected },
};

enum cli_colour cli_watch_text(const struct signet_event *e, char *out)
{
	const char *type = signet_event_type(e);

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].type, type) == 0) {
			words[i].say(e, out);
			return words[i].colour;
		}
	/* A newer signetd may have more; "live" is for programs. */
	if (strcmp(type, "live") != 0)
		cli_term_safe(type, out, MEMBER_MAX);
	return CLI_PLAIN;
}
