/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: what a person has to know of a request, as text.
 */
#include "prompt/show.h"

#include <string.h>

#include "base/i18n.h"
#include "prompt/idn.h"
#include "prompt/label.h"

/* --- who, which, why --- */

/* who: a web page, or a program. */
static void show_purpose(struct prompt_text *t, enum prompt_kind kind,
			 const char *who)
{
	switch (kind) {
	case PROMPT_PIN_CHANGE:
		prompt_text_line(t, _("A change of PIN is asked for by %s"),
				 who);
		break;
	case PROMPT_PIN_UNBLOCK:
		prompt_text_line(t, _("A new PIN for a token is asked for"
				      " by %s"), who);
		break;
	case PROMPT_TOKEN_INIT:
		prompt_text_line(t, _("ERASING A TOKEN, WITH ALL ITS KEYS, is"
				      " asked for by %s"), who);
		break;
	case PROMPT_KEY_GENERATE:
		prompt_text_line(t, _("A NEW KEY (one that is in its place is"
				      " lost) is asked for by %s"), who);
		break;
	case PROMPT_CERTIFICATE_IMPORT:
		prompt_text_line(t, _("A new certificate for a key (an old one"
				      " may be lost) is asked for by %s"),
				 who);
		break;
	case PROMPT_SUPERVISE:
		prompt_text_line(t, _("Your approval, as a second person, is"
				      " asked for by %s"), who);
		break;
	case PROMPT_AUTHENTICATE:
		prompt_text_line(t, _("A sign-in is asked for by %s"), who);
		break;
	case PROMPT_ALLOW_PAGE:
		prompt_text_line(t, _("Leave to ask for signatures is asked for"
				      " by %s"), who);
		break;
	case PROMPT_SIGN:
	default:
		prompt_text_line(t, _("A signature is asked for by %s"), who);
		break;
	}
}

/* The host of an origin: what is between "//" and the port. */
static struct slice show_host(const char *origin)
{
	const char *host = strstr(origin, "//");

	host = host == NULL ? origin : host + 2;
	return slice_of(host, strcspn(host, ":/"));
}

static void show_decoded(struct prompt_text *t, const char *origin)
{
	AUTO(buf_fini) struct buf decoded = { 0 };

	buf_init(&decoded, strlen(origin) * 4 + 1);
	if (prompt_idn_decode(show_host(origin), &decoded))
		prompt_text_field(t, _("Its name may be read as"),
				  buf_text(&decoded));
}

static void show_caller(struct prompt_text *t, const struct prompt_request *r)
{
	const struct prompt_caller *c = &r->caller;

	show_purpose(t, r->kind,
		     prompt_text_shown(t, c->origin != NULL ? c->origin :
							      c->exe));
	if (c->origin == NULL) {
		prompt_text_line(t, _("User: %s, process %ld"),
				 prompt_text_shown(t, c->user), c->pid);
		return;
	}
	show_decoded(t, c->origin);
	if (c->exe[0] == '\0') {
		prompt_text_line(t, _("In a browser of user %s"),
				 prompt_text_shown(t, c->user));
		return;
	}
	prompt_text_line(t, _("Program: %s (user %s, process %ld)"),
			 prompt_text_shown(t, c->exe),
			 prompt_text_shown(t, c->user), c->pid);
}

static void show_key(struct prompt_text *t, const struct prompt_key *k)
{
	if (k->holder[0] != '\0' && k->issuer[0] != '\0')
		prompt_text_line(t, _("Key: %s; holder %s, certified by %s"),
				 prompt_text_shown(t, k->label),
				 prompt_text_shown(t, k->holder),
				 prompt_text_shown(t, k->issuer));
	else if (k->holder[0] != '\0')
		prompt_text_line(t, _("Key: %s; holder %s"),
				 prompt_text_shown(t, k->label),
				 prompt_text_shown(t, k->holder));
	else
		prompt_text_field(t, _("Key"), k->label);
}

static void show_token(struct prompt_text *t, const struct prompt_token *k)
{
	if (k->reader[0] != '\0')
		prompt_text_line(t, _("Token: %s (%s), in %s"),
				 prompt_text_shown(t, k->label),
				 prompt_text_shown(t, k->serial),
				 prompt_text_shown(t, k->reader));
	else
		prompt_text_line(t, _("Token: %s (%s)"),
				 prompt_text_shown(t, k->label),
				 prompt_text_shown(t, k->serial));
}

static void show_rule(struct prompt_text *t, const struct prompt_request *r)
{
	if (r->format != NULL && r->algorithm != NULL)
		prompt_text_line(t, _("Rule: %s; signature: %s, %s"),
				 prompt_text_shown(t, r->rule),
				 prompt_text_shown(t, r->format),
				 prompt_text_shown(t, r->algorithm));
	else if (r->rule[0] != '\0')
		prompt_text_field(t, _("Rule"), r->rule);
	if (r->waiting > 0)
		prompt_text_line(t, ngettext("%u more request waits",
					     "%u more requests wait",
					     r->waiting), r->waiting);
}

void prompt_show_head(struct prompt_text *t, const struct prompt_request *r,
		      bool whole)
{
	show_caller(t, r);
	if (r->has_signer)
		prompt_text_line(t, _("To be signed by: %s, %s"),
				 prompt_text_shown(t, r->signer.holder),
				 prompt_text_shown(t, r->signer.label));
	if (r->has_key)
		show_key(t, &r->key);
	if (r->has_token)
		show_token(t, &r->token);
	if (whole)
		show_rule(t, r);
}

/* --- what --- */

static bool show_is_text(const char *label)
{
	return strcmp(label, "text") == 0 || strcmp(label, "text.more") == 0;
}

static void show_line(struct prompt_text *t, const struct prompt_line *line)
{
	/* Quotes tell that the word is not Signet's. */
	if (line->own)
		prompt_text_line(t, "\"%s\": %s",
				 prompt_text_shown(t, line->label),
				 prompt_text_shown(t, line->value));
	else if (show_is_text(line->label))
		prompt_text_line(t, "%s %s",
				 strcmp(line->label, "text") == 0 ? "|" : "|+",
				 prompt_text_shown(t, line->value));
	else
		prompt_text_field(t, prompt_label(line->label),
				  prompt_label_value(line->label,
						     line->value));
	if (!line->own && strcmp(line->label, "sign-in") == 0)
		show_decoded(t, line->value);
}

static void show_item_title(struct prompt_text *t,
			    const struct prompt_request *r, size_t i)
{
	const struct prompt_item *item = &r->items[i];
	const char *kind = prompt_text_shown(t, prompt_label_kind(item->kind));

	prompt_text_gap(t);
	if (r->items_count > 1)
		prompt_text_line(t, _("%zu of %zu: %s"), i + 1, r->items_count,
				 kind);
	else
		prompt_text_line(t, "%s:", kind);
	if (item->name[0] != '\0')
		prompt_text_field(t, _("Name"), item->name);
}

void prompt_show_item(struct prompt_text *t, const struct prompt_request *r,
		      size_t i)
{
	const struct prompt_item *item = &r->items[i];

	show_item_title(t, r, i);
	for (size_t k = 0; k < item->lines_count; k++)
		if (strcmp(item->lines[k].label, "name") != 0 ||
		    strcmp(item->lines[k].value, item->name) != 0)
			show_line(t, &item->lines[k]);
}

static void show_sums(struct prompt_text *t, const struct prompt_request *r)
{
	for (size_t i = 0; i < r->sums_count; i++)
		prompt_text_line(t, _("Sum: %s %s"),
				 prompt_text_shown(t, r->sums[i].currency),
				 prompt_text_shown(t, r->sums[i].value));
}

void prompt_show_summary(struct prompt_text *t, const struct prompt_request *r,
			 size_t payees)
{
	size_t more = r->payees_more;

	prompt_text_gap(t);
	prompt_text_line(t, ngettext("%u signature", "%u signatures", r->count),
			 r->count);
	if (r->payments > 0)
		prompt_text_line(t, ngettext("%u payment", "%u payments",
					     r->payments), r->payments);
	show_sums(t, r);
	for (size_t i = 0; i < r->payees_count && i < payees; i++)
		prompt_text_field(t, _("Payee"), r->payees[i]);
	if (r->payees_count > payees)
		more += r->payees_count - payees;
	if (more > 0)
		prompt_text_line(t, ngettext("and %zu more payee",
					     "and %zu more payees", more),
				 more);
}

/* Without these a payment is none. */
static bool show_is_essential(const struct prompt_line *line)
{
	static const char *const words[] = { "payee.name", "payee.account",
					     "amount", "total", "sha-256",
					     "bank.issuer", "sign-in" };

	for (size_t i = 0; i < ARRAY_LEN(words) && !line->own; i++)
		if (strcmp(line->label, words[i]) == 0)
			return true;
	return false;
}

void prompt_show_essence(struct prompt_text *t, const struct prompt_request *r)
{
	const struct prompt_item *item = r->items;

	/* A file of payments is known by its sums. */
	if (r->payments > 1) {
		prompt_show_summary(t, r, 3);
		return;
	}
	show_item_title(t, r, 0);
	for (size_t i = 0; i < item->lines_count; i++)
		if (show_is_essential(&item->lines[i]))
			show_line(t, &item->lines[i]);
	prompt_text_line(t, _("Shown whole on the pages before: %zu lines"),
			 item->lines_count);
}

/* --- what is not as usual --- */

static void show_blind(struct prompt_text *t, const struct prompt_request *r)
{
	if (r->blind == 0)
		return;
	prompt_text_gap(t);
	if (r->count == 1)
		prompt_text_say(t, _("WARNING: Signet cannot show what this"
				     " is."));
	else
		prompt_text_line(t, ngettext("WARNING: Signet cannot show %u"
					     " of these.",
					     "WARNING: Signet cannot show %u"
					     " of these.", r->blind),
				 r->blind);
	/* Where room is short it was on a page before. */
	if (t->clip == 0)
		prompt_text_say(t, _("Sign only if you know from elsewhere what"
				     " you sign, and trust who asks."));
}

static void show_tries(struct prompt_text *t, const struct prompt_request *r)
{
	if (!prompt_request_spends_try(r))
		return;
	if (r->token.tries == PROMPT_TRIES_LOW)
		prompt_text_say(t, _("The PIN was wrong before: few"
					    " tries are left."));
	if (r->token.tries == PROMPT_TRIES_FINAL)
		prompt_text_say(t, _("THIS IS THE LAST TRY: after one"
			" more wrong PIN the token is locked."));
}

/* What it is that one agrees to. */
static void show_leave(struct prompt_text *t, const struct prompt_request *r)
{
	if (r->kind != PROMPT_ALLOW_PAGE)
		return;
	prompt_text_gap(t);
	prompt_text_say(t, _("If you allow it, this page may ask you for"
			     " signatures and sign-ins, and see which tokens"
			     " and certificates you have, until you take it"
			     " back (signet origin revoke)."));
	prompt_text_say(t, _("Nothing is signed by this: you are asked again"
			     " for each signature."));
	prompt_text_say(t, _("Allow it only if you opened this page yourself,"
			     " and its name is letter by letter the one you"
			     " know."));
}

void prompt_show_notes(struct prompt_text *t, const struct prompt_request *r)
{
	show_leave(t, r);
	show_blind(t, r);
	prompt_text_gap(t);
	show_tries(t, r);
	if (r->login == PROMPT_LOGIN_PAD)
		prompt_text_say(t, _("After you agree here, type the PIN"
			" on the keypad of the reader, not on this keyboard."));
}

const char *prompt_show_again(const struct prompt_request *r)
{
	if (r->again_code == NULL)
		return NULL;
	if (strcmp(r->again_code, "pin-wrong") == 0)
		return r->token.tries == PROMPT_TRIES_FINAL ?
			       _("The PIN was wrong. One try is left.") :
		       r->token.tries == PROMPT_TRIES_LOW ?
			       _("The PIN was wrong. Few tries are left.") :
			       _("The PIN was wrong.");
	if (strcmp(r->again_code, "pin-length") == 0)
		return _("The PIN is too short or too long.");
	return r->again_detail;
}
