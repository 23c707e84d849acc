/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog: the conversation with the person, from the first page to consent.
 *
 * What fits is one dialog.  What does not is read page by page first, and the
 * dialog with the consent then has the essentials.
 */
#include "prompt/dialog.h"

#include <stdio.h>

#include "base/i18n.h"
#include "prompt/screen.h"
#include "prompt/show.h"

/* Every PIN that cannot be one asks again, but not for ever. */
#define DIALOG_TYPOS 10

struct dialog {
	const struct prompt_request *r;
	struct prompt_screen screen;
	struct prompt_pins *pins;
};

/* Every item of a batch. */
static int dialog_items(struct dialog *d, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t;

	prompt_text_init(&t, d->screen.room.width, 0);
	for (size_t i = 0; i < d->r->items_count; i++)
		prompt_show_item(&t, d->r, i);
	return prompt_screen_pages(&d->screen, &t, e);
}

/* --- the text of the consent --- */

static void dialog_whole(const struct dialog *d, const char *todo,
			 struct prompt_text *t)
{
	prompt_text_init(t, d->screen.room.width, 0);
	prompt_show_head(t, d->r, true);
	if (d->r->items_count > 1)
		prompt_show_summary(t, d->r, d->r->payees_count);
	else if (d->r->items_count == 1)
		prompt_show_item(t, d->r, 0);
	prompt_show_notes(t, d->r);
	if (todo != NULL)
		prompt_text_say(t, todo);
}

static void dialog_short(const struct dialog *d, const char *todo,
			 unsigned clip, struct prompt_text *t)
{
	prompt_text_init(t, d->screen.room.width, clip);
	prompt_show_head(t, d->r, false);
	if (d->r->items_count > 1)
		prompt_show_summary(t, d->r, 2);
	else if (d->r->items_count == 1)
		prompt_show_essence(t, d->r);
	prompt_show_notes(t, d->r);
	if (todo != NULL)
		prompt_text_say(t, todo);
}

/* The whole if it fits; else the essentials, each value as long as it may. */
static int dialog_consent_text(const struct dialog *d, const char *todo,
			       struct prompt_text *t, struct error *e)
{
	static const unsigned clips[] = { 120, 80, 56, 40, 28, 20 };
	int n;

	dialog_whole(d, todo, t);
	for (size_t i = 0; i < ARRAY_LEN(clips); i++) {
		if (prompt_text_fits(buf_slice(&t->out), &d->screen.room))
			break;
		prompt_text_fini(t);
		dialog_short(d, todo, clips[i], t);
	}
	n = buf_error(&t->out);
	if (n == 0 && !prompt_text_fits(buf_slice(&t->out), &d->screen.room))
		return error_set(e, ERR_PROMPT,
				 "the terminal is too small to show what is to"
				 " be signed; make it larger and ask again");
	while (t->out.len > 0 && t->out.ptr[t->out.len - 1] == '\n')
		t->out.len--;
	return n == 0 ? 0 : error_set(e, n, "the text of the request");
}

/* What is longer than a dialog is read before. */
static int dialog_read(struct dialog *d, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t;

	dialog_whole(d, NULL, &t);
	if (prompt_text_fits(buf_slice(&t.out), &d->screen.room))
		return 0;
	return prompt_screen_pages(&d->screen, &t, e);
}

static const char *dialog_agree(const struct prompt_request *r)
{
	switch (r->kind) {
	case PROMPT_SIGN:
		return _("_Sign");
	case PROMPT_SUPERVISE:
		return _("_Approve");
	case PROMPT_AUTHENTICATE:
		return _("_Sign in");
	case PROMPT_ALLOW_PAGE:
		return _("_Allow");
	case PROMPT_PIN_CHANGE:
	case PROMPT_PIN_UNBLOCK:
	case PROMPT_TOKEN_INIT:
	case PROMPT_KEY_GENERATE:
	case PROMPT_CERTIFICATE_IMPORT:
	default:
		return _("_OK");
	}
}

/* --- the steps --- */

/* A batch: its sums, and each item for who wants to see it. */
static int dialog_batch(struct dialog *d, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t = { 0 };
	struct prompt_face f = {
		.ok = d->r->login == PROMPT_LOGIN_PIN ? _("_Continue") :
							dialog_agree(d->r),
		.not_ok = _("_Show each"),
		.cancel = _("_Decline"),
	};
	enum prompt_button button = PROMPT_NOT_OK;
	int n = dialog_consent_text(d, NULL, &t, e);

	f.text = buf_text(&t.out);
	while (n == 0 && button == PROMPT_NOT_OK) {
		n = prompt_screen_ask(&d->screen, &f, &button, e);
		if (n == 0 && button == PROMPT_NOT_OK)
			n = dialog_items(d, e);
	}
	return n;
}

/* To go on takes a button that is not the one at hand. */
static int dialog_final(struct dialog *d, struct error *e)
{
	enum prompt_button button;
	int n = prompt_screen_ask(
		&d->screen,
		&(struct prompt_face){
			.text = _("Only one try is left for the PIN of this"
				  " token. If the next PIN is wrong, too, the"
				  " token is locked, and only its issuer or the"
				  " unblocking key can help."),
			.ok = _("_Stop"),
			.not_ok = _("_Use the last try"),
			.cancel = _("_Decline") },
		&button, e);

	if (n == 0 && button == PROMPT_OK)
		return error_set(e, ERR_DECLINED,
				 "the user did not use the last try");
	return n;
}

/* Nothing can be done here: say what can be. */
static int dialog_hopeless(struct dialog *d, struct error *e)
{
	bool locked = d->r->token.tries == PROMPT_TRIES_LOCKED;
	struct prompt_face f = {
		.text = locked ? _("The PIN of this token is locked after too"
				   " many wrong ones. Set it anew with the"
				   " unblocking key (signet pin unblock), or"
				   " ask who gave you the token.") :
				 _("This token has no PIN yet. Set one first"
				   " (signet pin unblock)."),
		.ok = _("_OK"),
		.cancel = _("_Decline"),
	};
	int n = prompt_screen_tell(&d->screen, &f, e);

	if (n != 0)
		return n;
	if (locked)
		return error_set(e, ERR_PIN_LOCKED,
				 "the PIN of token %.64s is locked; unblock it"
				 " with: signet pin unblock",
				 d->r->token.label);
	return error_set(e, ERR_PROMPT,
			 "token %.64s has no PIN yet; set one with: signet pin"
			 " unblock", d->r->token.label);
}

static int dialog_confirm(struct dialog *d, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t = { 0 };
	enum prompt_button button;
	int n = dialog_consent_text(d, NULL, &t, e);

	if (n != 0)
		return n;
	return prompt_screen_ask(&d->screen,
			  &(struct prompt_face){ .text = buf_text(&t.out),
						 .ok = dialog_agree(d->r),
						 .cancel = _("_Decline") },
			  &button, e);
}

/* --- PINs --- */

static const char *dialog_pin_name(enum prompt_what what)
{
	switch (what) {
	case PROMPT_NEW_USER_PIN:
		return _("New PIN:");
	case PROMPT_SO_PIN:
		return _("Unblocking key (SO-PIN):");
	case PROMPT_USER_PIN:
	default:
		return _("PIN:");
	}
}

static bool dialog_is_key(enum prompt_kind kind)
{
	return kind == PROMPT_KEY_GENERATE ||
	       kind == PROMPT_CERTIFICATE_IMPORT;
}

/* What this PIN is among several; NULL for the only one. */
static const char *dialog_todo(const struct dialog *d, size_t i, char *out,
			       size_t size)
{
	const struct prompt_pin *asked = &d->r->pins[i];

	if (asked->what == PROMPT_NEW_USER_PIN)
		snprintf(out, size, _("Choose a new PIN of %u to %u"
				      " characters."), asked->min, asked->max);
	else if (d->r->pins_count > 1 && asked->what == PROMPT_USER_PIN &&
		 d->r->kind == PROMPT_SIGN)
		snprintf(out, size, _("This key asks for the PIN every time:"
				      " %zu of %zu."), i + 1,
			 d->r->pins_count);
	else if (asked->what == PROMPT_SO_PIN && dialog_is_key(d->r->kind))
		snprintf(out, size, _("A YubiKey wants its management key here,"
				      " 48 hexadecimal digits."));
	else
		return NULL;
	return out;
}

static int dialog_type(struct dialog *d, const char *text, const char *name,
		       struct secret *s, struct error *e)
{
	return prompt_screen_pin(&d->screen,
				 &(struct prompt_face){
					 .text = text,
					 .ok = dialog_agree(d->r),
					 .cancel = _("_Decline") },
				 name, s, e);
}

/* A new PIN once more; a difference is d->screen.error. */
static int dialog_repeat(struct dialog *d, const char *text,
			 const struct secret *s, struct error *e)
{
	AUTO(secret_fini) struct secret second = { 0 };
	int n = secret_init(&second, e);

	if (n == 0)
		n = dialog_type(d, text, _("New PIN, again:"), &second, e);
	if (n == 0 && !prompt_pins_same(s, &second))
		d->screen.error = _("The two were not the same.");
	return n;
}

static int dialog_pin(struct dialog *d, size_t i, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t = { 0 };
	const struct prompt_pin *asked = &d->r->pins[i];
	struct secret *s = prompt_pins_new(d->pins, e);
	char todo[256];
	const char *text;
	int n;

	if (s == NULL)
		return e->code;
	n = dialog_consent_text(d, dialog_todo(d, i, todo, sizeof(todo)), &t,
				e);
	text = buf_text(&t.out);
	for (unsigned k = 0; n == 0 && k < DIALOG_TYPOS; k++) {
		n = dialog_type(d, text, dialog_pin_name(asked->what), s, e);
		if (n != 0)
			return n;
		d->screen.error = prompt_pins_wrong(s, asked);
		if (d->screen.error == NULL &&
		    asked->what == PROMPT_NEW_USER_PIN)
			n = dialog_repeat(d, text, s, e);
		if (n == 0 && d->screen.error == NULL)
			return 0;
	}
	return n != 0 ? n : error_set(e, ERR_PROMPT,
				      "no PIN of a length that the token takes"
				      " was typed; ask again");
}

/* --- all of it --- */

static bool dialog_is_hopeless(const struct prompt_request *r)
{
	return prompt_request_spends_try(r) &&
	       (r->token.tries == PROMPT_TRIES_LOCKED ||
		r->token.tries == PROMPT_TRIES_NONE);
}

static bool dialog_is_final(const struct prompt_request *r)
{
	return prompt_request_spends_try(r) &&
	       r->token.tries == PROMPT_TRIES_FINAL;
}

static int dialog_steps(struct dialog *d, struct error *e)
{
	const struct prompt_request *r = d->r;
	bool batch = r->items_count > 1;
	int n = 0;

	if (dialog_is_hopeless(r))
		return dialog_hopeless(d, e);
	if (dialog_is_final(r))
		n = dialog_final(d, e);
	if (n == 0)
		n = dialog_read(d, e);
	/* It belongs to the dialog that consents. */
	if (r->pins_count == 0)
		d->screen.error = prompt_show_again(r);
	if (n == 0 && batch)
		n = dialog_batch(d, e);
	if (r->pins_count > 0)
		d->screen.error = prompt_show_again(r);
	for (size_t i = 0; n == 0 && i < r->pins_count; i++)
		n = dialog_pin(d, i, e);
	if (n == 0 && r->pins_count == 0 && !batch)
		n = dialog_confirm(d, e);
	return n;
}

int prompt_dialog(const struct prompt_request *r, struct prompt_watch *w,
		  struct prompt_pins *pins, struct error *e)
{
	struct dialog d = { .r = r, .screen = { .r = r }, .pins = pins };
	int n;

	prompt_screen_measure(&d.screen);
	n = prompt_pinentry_open(&d.screen.pinentry, r, w, e);
	if (n == 0)
		n = dialog_steps(&d, e);
	prompt_pinentry_close(&d.screen.pinentry);
	return n;
}
