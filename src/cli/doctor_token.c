/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_token: the tokens, their PINs and certificates, as signetd has them.
 *
 * The flags of a token tell how its PIN stands: nothing here tries one.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/doctor.h"
#include "cli/i18n.h"
#include "signet.h"

#define TOKEN_SOON_S (INT64_C(30) * 86400)
#define TOKEN_MEND_MAX 512

static void keys_freep(struct signet_keys **k)
{
	signet_keys_free(*k);
}

static void say_problem(struct doctor *d, const char *check)
{
	const struct signet_error *e = signet_client_error(d->client);
	const char *detail = signet_error_detail(e);

	doctor_say(d, check, DOCTOR_ERROR, _("\"signet status\" shows whether a"
					     " module hangs"),
		   "%s%s%s", signet_error_title(e),
		   detail[0] == '\0' ? "" : ": ", detail);
}

/* --- PINs ---------------------------------------------------------------- */

struct pin_state {
	const char *word;
	enum doctor_result result;
	const char *text, *mend; /* N_(); --token is added to mend */
};

static const struct pin_state pin_states[] = {
	{ "ok", DOCTOR_OK, N_("its PIN has all its tries"), NULL },
	{ "count-low", DOCTOR_WARNING, N_("a wrong PIN was typed before"),
	  N_("be sure of the PIN before the next try: signet pin status") },
	{ "final-try", DOCTOR_WARNING, N_("one try of its PIN is left"),
	  N_("do not guess; with the PUK: signet pin unblock") },
	{ "locked", DOCTOR_ERROR, N_("its PIN is locked"),
	  N_("signet pin unblock") },
	{ "uninitialized", DOCTOR_WARNING, N_("it has no PIN yet"),
	  N_("signet pin unblock") },
};

static void check_pin(struct doctor *d, const struct signet_token *t)
{
	const char *word = signet_token_pin(t);
	const struct pin_state *s = &pin_states[0];
	char mend[TOKEN_MEND_MAX];

	for (size_t i = 0; i < ARRAY_LEN(pin_states); i++)
		if (strcmp(pin_states[i].word, word) == 0)
			s = &pin_states[i];
	if (s->mend != NULL)
		snprintf(mend, sizeof(mend), "%s --token '%s'", _(s->mend),
			 signet_token_uri(t));
	doctor_say(d, "pin", s->result, s->mend != NULL ? mend : NULL,
		   _("token \"%s\" of module %s: %s"), signet_token_label(t),
		   signet_token_module(t), _(s->text));
}

static void check_token(struct doctor *d, const struct signet_token *t)
{
	const char *error = signet_token_error(t);

	if (strcmp(signet_token_state(t), "failed") == 0)
		doctor_say(d, "token", DOCTOR_ERROR,
			   _("\"signet token info\" tells more"),
			   _("token \"%s\" failed: %s"), signet_token_label(t),
			   error != NULL ? error : "-");
	else if (signet_token_keys(t) == 0)
		doctor_say(d, "token", DOCTOR_WARNING,
			   _("have a key and its certificate put on it"),
			   _("token \"%s\" has no key that could sign"),
			   signet_token_label(t));
	check_pin(d, t);
}

/* --- certificates --------------------------------------------------------- */

/* False: nothing was wrong with it.  The end of its validity to *until. */
static bool check_certificate(struct doctor *d, const struct signet_key *k,
			      int64_t *until)
{
	const char *from = signet_key_not_before(k);
	const char *to = signet_key_not_after(k);
	int64_t now = clock_unix(), begin, end;

	if (from == NULL || to == NULL || clock_parse(from, &begin) != 0 ||
	    clock_parse(to, &end) != 0)
		return false;
	if (end < now)
		doctor_say(d, "certificate", DOCTOR_ERROR,
			   _("have it renewed by its issuer"),
			   _("the certificate of %s expired on %s"),
			   signet_key_subject(k), to);
	else if (begin > now)
		doctor_say(d, "certificate", DOCTOR_ERROR,
			   _("set the clock, or wait"),
			   _("the certificate of %s is not valid before %s"),
			   signet_key_subject(k), from);
	else if (end - now < TOKEN_SOON_S)
		doctor_say(d, "certificate", DOCTOR_WARNING,
			   _("have it renewed by its issuer"),
			   _("the certificate of %s expires on %s"),
			   signet_key_subject(k), to);
	else {
		*until = end;
		return false;
	}
	return true;
}

static void check_certificates(struct doctor *d)
{
	AUTO(keys_freep) struct signet_keys *keys = NULL;
	const struct signet_key *k;
	char text[CLOCK_RFC3339_SIZE];
	int64_t first = INT64_MAX;
	unsigned int good = 0;

	if (signet_client_keys(d->client, NULL, NULL, NULL, &keys) != 0) {
		say_problem(d, "certificate");
		return;
	}
	for (size_t i = 0; (k = signet_keys_at(keys, i)) != NULL; i++) {
		int64_t until = 0;

		if (check_certificate(d, k, &until) || until == 0)
			continue;
		good++;
		if (until < first)
			first = until;
	}
	if (good == 0)
		return;
	clock_format(first, text);
	doctor_say(d, "certificate", DOCTOR_OK, NULL,
		   _("certificates that are valid: %u; the first ends on %s"),
		   good, text);
}

void doctor_token(struct doctor *d)
{
	const struct signet_token *t;
	size_t i;

	if (d->status == NULL)
		return;
	if (signet_client_tokens(d->client, &d->tokens) != 0) {
		say_problem(d, "token");
		return;
	}
	for (i = 0; (t = signet_tokens_at(d->tokens, i)) != NULL; i++)
		check_token(d, t);
	if (i == 0)
		doctor_say(d, "token", DOCTOR_WARNING,
			   _("insert a card or plug in a token;"
			     " \"signet token list\" shows blank ones"),
			   _("signetd has no token"));
	else
		check_certificates(d);
}
