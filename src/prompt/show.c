/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: what a person has to know of a request, as text.
 */
#include "prompt/show.h"

#include <string.h>

#include "base/i18n.h"
#include "prompt/idn.h"
#include "prompt/label.h"

/* --- who, which, why ---------------------------------------------------------- */

static const char *show_purpose(enum prompt_kind kind)
{
	switch (kind) {
	case PROMPT_PIN_CHANGE:
		return _("The PIN of a token is to be changed. Asked for by:");
	case PROMPT_PIN_UNBLOCK:
		return _("A blocked PIN is to be set anew. Asked for by:");
	case PROMPT_TOKEN_INIT:
		return _("A token is to be erased and set up anew. All keys on"
			 " it will be lost. Asked for by:");
	case PROMPT_SUPERVISE:
		return _("A second person's approval is asked for by:");
	case PROMPT_SIGN:
	default:
		return _("A signature is asked for by:");
	}
}

/* The host of an origin: what is between "//" and the port. */
static struct slice show_host(const char *origin)
{
	const char *host = strstr(origin, "//");

	host = host == NULL ? origin : host + 2;
	return slice_of(host, strcspn(host, ":/"));
}

static void show_origin(struct prompt_text *t, const char *origin)
{
	AUTO(buf_fini) struct buf decoded = { 0 };

	prompt_text_field(t, _("Web page"), origin);
	buf_init(&decoded, strlen(origin) * 4 + 1);
	if (prompt_idn_decode(show_host(origin), &decoded))
		prompt_text_field(t, _("which may be read as"),
				  buf_text(&decoded));
}

static void show_caller(struct prompt_text *t, const struct prompt_caller *c)
{
	if (c->origin != NULL)
		show_origin(t, c->origin);
	prompt_text_line(t, _("  Program: %s (user %s, process %ld)"),
			 prompt_text_shown(t, c->exe),
			 prompt_text_shown(t, c->user), c->pid);
}

static void show_key(struct prompt_text *t, const struct prompt_request *r)
{
	const struct prompt_token *k = &r->token;

	if (r->has_key) {
		if (r->key.holder[0] != '\0')
			prompt_text_field(t, _("Holder"), r->key.holder);
		if (r->key.issuer[0] != '\0')
			prompt_text_field(t, _("Certified by"), r->key.issuer);
		prompt_text_field(t, _("Key"), r->key.label);
	}
	if (k->reader[0] != '\0')
		prompt_text_line(t, _("  Token: %s (%s), in %s"),
				 prompt_text_shown(t, k->label),
				 prompt_text_shown(t, k->serial),
				 prompt_text_shown(t, k->reader));
	else
		prompt_text_line(t, _("  Token: %s (%s)"),
				 prompt_text_shown(t, k->label),
				 prompt_text_shown(t, k->serial));
}

void prompt_show_head(struct prompt_text *t, const struct prompt_request *r)
{
	prompt_text_line(t, "%s", show_purpose(r->kind));
	show_caller(t, &r->caller);
	show_key(t, r);
	if (r->format != NULL)
		prompt_text_line(t, _("  Kind of signature: %s %s"),
				 prompt_text_shown(t, r->format),
				 prompt_text_shown(t, r->algorithm == NULL ? "" :
						   r->algorithm));
	prompt_text_field(t, _("Rule of the policy"), r->rule);
	if (r->waiting > 0)
		prompt_text_line(t, ngettext("  %u more request waits",
					     "  %u more requests wait",
					     r->waiting), r->waiting);
}

/* --- what ------------------------------------------------------------------------ */

static bool show_is_text(const char *label)
{
	return strcmp(label, "text") == 0 || strcmp(label, "text.more") == 0;
}

static void show_line(struct prompt_text *t, const struct prompt_line *line)
{
	/* Quotes tell that the word is not Signet's. */
	if (line->own)
		prompt_text_line(t, "  \"%s\": %s",
				 prompt_text_shown(t, line->label),
				 prompt_text_shown(t, line->value));
	else if (show_is_text(line->label))
		prompt_text_line(t, "%s %s",
				 strcmp(line->label, "text") == 0 ? "|" : "|+",
				 prompt_text_shown(t, line->value));
	else
		prompt_text_line(t, "  %s: %s",
				 prompt_text_shown(t, prompt_label(line->label)),
				 prompt_text_shown(t, line->value));
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
		prompt_text_line(t, _("  Sum: %s %s"),
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
		prompt_text_line(t, ngettext("  %u payment", "  %u payments",
					     r->payments), r->payments);
	show_sums(t, r);
	for (size_t i = 0; i < r->payees_count && i < payees; i++)
		prompt_text_field(t, _("Payee"), r->payees[i]);
	if (r->payees_count > payees)
		more += r->payees_count - payees;
	if (more > 0)
		prompt_text_line(t, ngettext("  and %zu more payee",
					     "  and %zu more payees", more),
				 more);
}

/* Without these a payment is none. */
static bool show_is_essential(const struct prompt_line *line)
{
	static const char *const words[] = { "payee.name", "payee.account",
					     "amount", "total", "sha-256",
					     "bank.issuer" };

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
	prompt_text_line(t, _("  Shown whole on the pages before: %zu lines"),
			 item->lines_count);
}

/* --- what is not as usual ---------------------------------------------------------- */

static void show_blind(struct prompt_text *t, const struct prompt_request *r)
{
	if (r->blind == 0)
		return;
	prompt_text_gap(t);
	if (r->count == 1)
		prompt_text_line(t, "%s", _("WARNING: Signet cannot show what"
			" this is. Sign only if you know from elsewhere what it"
			" is and trust who asks."));
	else
		prompt_text_line(t, ngettext("WARNING: Signet cannot show what"
			" %u of these is. Sign only if you know from elsewhere"
			" what it is and trust who asks.",
			"WARNING: Signet cannot show what %u of these are."
			" Sign only if you know from elsewhere what they are"
			" and trust who asks.", r->blind), r->blind);
}

static void show_tries(struct prompt_text *t, const struct prompt_request *r)
{
	if (r->login == PROMPT_LOGIN_NONE)
		return;
	if (r->token.tries == PROMPT_TRIES_LOW)
		prompt_text_line(t, "%s", _("The PIN was wrong before: few"
					    " tries are left."));
	if (r->token.tries == PROMPT_TRIES_FINAL)
		prompt_text_line(t, "%s", _("THIS IS THE LAST TRY: after one"
			" more wrong PIN the token is locked."));
}

void prompt_show_notes(struct prompt_text *t, const struct prompt_request *r)
{
	show_blind(t, r);
	prompt_text_gap(t);
	show_tries(t, r);
	if (r->login == PROMPT_LOGIN_PAD)
		prompt_text_line(t, "%s", _("After you agree here, type the PIN"
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
