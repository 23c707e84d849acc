/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog: the conversation with the person, from the first page to consent.
 *
 * What fits is one dialog.  What does not is read page by page first, and the
 * dialog with the consent then has the essentials.
 */
#include "prompt/dialog.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/i18n.h"
#include "prompt/pinentry.h"
#include "prompt/show.h"

/* A screen of 24 lines less the frame, the error, the PIN and the buttons. */
#define DIALOG_ROWS 20
#define DIALOG_ROWS_LEAST 6
#define DIALOG_ROWS_OTHER 10
#define DIALOG_WIDTH 74
#define DIALOG_WIDTH_LEAST 30
#define DIALOG_WIDTH_OTHER 6
/* Every PIN that cannot be one asks again, but not for ever. */
#define DIALOG_TYPOS 10

struct dialog {
	const struct prompt_request *r;
	struct prompt_pinentry pinentry;
	struct prompt_pins *pins;
	struct prompt_room room;
	const char *error; /* for the next dialog */
};

static unsigned dialog_between(unsigned n, unsigned other, unsigned least,
			       unsigned most)
{
	n = n > other ? n - other : 0;
	return n < least ? least : n > most ? most : n;
}

static void dialog_measure(struct dialog *d)
{
	AUTO(fd_closep) int fd = -1;
	struct winsize size = { 0 };

	d->room = (struct prompt_room){ .rows = DIALOG_ROWS,
					.width = DIALOG_WIDTH,
					.bytes = PROMPT_TEXT_MAX };
	if (d->r->tty == NULL)
		return;
	fd = open(d->r->tty, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	d->room.rows = dialog_between(size.ws_row, DIALOG_ROWS_OTHER,
				      DIALOG_ROWS_LEAST, DIALOG_ROWS);
	d->room.width = dialog_between(size.ws_col, DIALOG_WIDTH_OTHER,
				       DIALOG_WIDTH_LEAST, DIALOG_WIDTH);
}

/* --- one dialog --- */

struct dialog_face {
	const char *text, *ok, *not_ok, *cancel;
};

static int dialog_prepare(struct dialog *d, const struct dialog_face *f,
			  struct error *e)
{
	struct prompt_pinentry *p = &d->pinentry;
	int n = prompt_pinentry_fresh(p, d->r, e);

	if (n == 0)
		n = prompt_pinentry_set(p, "SETTITLE", "Signet", e);
	if (n == 0)
		n = prompt_pinentry_set(p, "SETDESC", f->text, e);
	if (n == 0)
		n = prompt_pinentry_buttons(p, f->ok, f->not_ok, f->cancel, e);
	if (n == 0 && d->error != NULL)
		n = prompt_pinentry_set(p, "SETERROR", d->error, e);
	d->error = NULL;
	return n;
}

/* A button that stops everything. */
static int dialog_stopped(enum prompt_button button, struct error *e)
{
	if (button == PROMPT_LATE)
		return error_set(e, ERR_NOT_ANSWERED, "no answer in time");
	if (button == PROMPT_CANCEL)
		return error_set(e, ERR_DECLINED, "the user declined");
	return 0;
}

static int dialog_ask(struct dialog *d, const struct dialog_face *f,
		      enum prompt_button *button, struct error *e)
{
	int n = dialog_prepare(d, f, e);

	if (n == 0)
		n = prompt_pinentry_confirm(&d->pinentry, false, button, e);
	if (n == 0 && f->not_ok == NULL && *button == PROMPT_NOT_OK)
		*button = PROMPT_CANCEL;
	return n == 0 ? dialog_stopped(*button, e) : n;
}

/* --- pages --- */

/* Room for "Page 12 of 34" and an empty line. */
static struct prompt_room dialog_page_room(const struct dialog *d)
{
	struct prompt_room room = d->room;

	/* No PIN and no error is on it: their room is for the heading. */
	room.bytes -= 64;
	return room;
}

static unsigned dialog_count(struct slice text, const struct prompt_room *room)
{
	unsigned n = 0;

	for (; text.len > 0; n++)
		prompt_text_page(&text, room);
	return n;
}

static int dialog_page(struct dialog *d, struct slice page, unsigned number,
		       unsigned count, struct error *e)
{
	AUTO(buf_fini) struct buf text = { 0 };
	enum prompt_button button;

	buf_init(&text, 4 * PROMPT_TEXT_MAX);
	buf_printf(&text, _("Page %u of %u"), number, count);
	buf_put_str(&text, "\n\n");
	buf_put_slice(&text, page);
	return dialog_ask(d,
			  &(struct dialog_face){ .text = buf_text(&text),
						 .ok = _("_Next"),
						 .cancel = _("_Decline") },
			  &button, e);
}

static int dialog_pages(struct dialog *d, const struct prompt_text *t,
			struct error *e)
{
	struct prompt_room room = dialog_page_room(d);
	struct slice rest = buf_slice(&t->out);
	unsigned count = dialog_count(rest, &room);
	int n = buf_error(&t->out);

	if (n != 0)
		return error_set(e, n, "the text of the request");
	for (unsigned i = 1; n == 0 && rest.len > 0; i++)
		n = dialog_page(d, prompt_text_page(&rest, &room), i, count, e);
	return n;
}

/* Every item of a batch. */
static int dialog_items(struct dialog *d, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t;

	prompt_text_init(&t, d->room.width, 0);
	for (size_t i = 0; i < d->r->items_count; i++)
		prompt_show_item(&t, d->r, i);
	return dialog_pages(d, &t, e);
}

/* --- the text of the consent --- */

static void dialog_whole(const struct dialog *d, const char *todo,
			 struct prompt_text *t)
{
	prompt_text_init(t, d->room.width, 0);
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
	prompt_text_init(t, d->room.width, clip);
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
		if (prompt_text_fits(buf_slice(&t->out), &d->room))
			break;
		prompt_text_fini(t);
		dialog_short(d, todo, clips[i], t);
	}
	n = buf_error(&t->out);
	if (n == 0 && !prompt_text_fits(buf_slice(&t->out), &d->room))
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
	if (prompt_text_fits(buf_slice(&t.out), &d->room))
		return 0;
	return dialog_pages(d, &t, e);
}

static const char *dialog_agree(const struct prompt_request *r)
{
	switch (r->kind) {
	case PROMPT_SIGN:
		return _("_Sign");
	case PROMPT_SUPERVISE:
		return _("_Approve");
	case PROMPT_PIN_CHANGE:
	case PROMPT_PIN_UNBLOCK:
	case PROMPT_TOKEN_INIT:
	default:
		return _("_OK");
	}
}

/* --- the steps --- */

/* A batch: its sums, and each item for who wants to see it. */
static int dialog_batch(struct dialog *d, struct error *e)
{
	AUTO(prompt_text_fini) struct prompt_text t = { 0 };
	struct dialog_face f = {
		.ok = d->r->login == PROMPT_LOGIN_PIN ? _("_Continue") :
							dialog_agree(d->r),
		.not_ok = _("_Show each"),
		.cancel = _("_Decline"),
	};
	enum prompt_button button = PROMPT_NOT_OK;
	int n = dialog_consent_text(d, NULL, &t, e);

	f.text = buf_text(&t.out);
	while (n == 0 && button == PROMPT_NOT_OK) {
		n = dialog_ask(d, &f, &button, e);
		if (n == 0 && button == PROMPT_NOT_OK)
			n = dialog_items(d, e);
	}
	return n;
}

/* To go on takes a button that is not the one at hand. */
static int dialog_final(struct dialog *d, struct error *e)
{
	enum prompt_button button;
	int n = dialog_ask(
		d,
		&(struct dialog_face){
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
	struct dialog_face f = {
		.text = locked ? _("The PIN of this token is locked after too"
				   " many wrong ones. Set it anew with the"
				   " unblocking key (signet pin unblock), or"
				   " ask who gave you the token.") :
				 _("This token has no PIN yet. Set one first"
				   " (signet pin unblock)."),
		.ok = _("_OK"),
		.cancel = _("_Decline"),
	};
	enum prompt_button button;
	int n = dialog_prepare(d, &f, e);

	if (n == 0)
		n = prompt_pinentry_confirm(&d->pinentry, true, &button, e);
	if (n != 0)
		return n;
	if (locked)
		return error_set(e, ERR_PIN_LOCKED,
				 "the PIN of token %.64s is locked; unblock it"
				 " with: signet pin unblock", d->r->token.label);
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
	return dialog_ask(d,
			  &(struct dialog_face){ .text = buf_text(&t.out),
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
	else
		return NULL;
	return out;
}

static int dialog_type(struct dialog *d, const char *text, const char *name,
		       struct secret *s, struct error *e)
{
	enum prompt_button button = PROMPT_CANCEL;
	int n = dialog_prepare(d,
			       &(struct dialog_face){
				       .text = text,
				       .ok = dialog_agree(d->r),
				       .cancel = _("_Decline") },
			       e);

	if (n == 0)
		n = prompt_pinentry_set(&d->pinentry, "SETPROMPT", name, e);
	if (n == 0)
		n = prompt_pinentry_pin(&d->pinentry, s, &button, e);
	if (n == 0 && button == PROMPT_NOT_OK)
		button = PROMPT_CANCEL;
	return n == 0 ? dialog_stopped(button, e) : n;
}

/* A new PIN once more; a difference is d->error. */
static int dialog_repeat(struct dialog *d, const char *text,
			 const struct secret *s, struct error *e)
{
	AUTO(secret_fini) struct secret second = { 0 };
	int n = secret_init(&second, e);

	if (n == 0)
		n = dialog_type(d, text, _("New PIN, again:"), &second, e);
	if (n == 0 && !prompt_pins_same(s, &second))
		d->error = _("The two were not the same.");
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
		d->error = prompt_pins_wrong(s, asked);
		if (d->error == NULL && asked->what == PROMPT_NEW_USER_PIN)
			n = dialog_repeat(d, text, s, e);
		if (n == 0 && d->error == NULL)
			return 0;
	}
	return n != 0 ? n : error_set(e, ERR_PROMPT,
				      "no PIN of a length that the token takes"
				      " was typed; ask again");
}

/* --- all of it --- */

static bool dialog_is_hopeless(const struct prompt_request *r)
{
	return r->login != PROMPT_LOGIN_NONE &&
	       r->kind != PROMPT_PIN_UNBLOCK && r->kind != PROMPT_TOKEN_INIT &&
	       (r->token.tries == PROMPT_TRIES_LOCKED ||
		r->token.tries == PROMPT_TRIES_NONE);
}

static bool dialog_is_final(const struct prompt_request *r)
{
	return r->login != PROMPT_LOGIN_NONE &&
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
	if (n == 0 && batch)
		n = dialog_batch(d, e);
	d->error = prompt_show_again(r);
	for (size_t i = 0; n == 0 && i < r->pins_count; i++)
		n = dialog_pin(d, i, e);
	if (n == 0 && r->pins_count == 0 && !batch)
		n = dialog_confirm(d, e);
	return n;
}

int prompt_dialog(const struct prompt_request *r, struct prompt_watch *w,
		  struct prompt_pins *pins, struct error *e)
{
	struct dialog d = { .r = r, .pins = pins };
	int n;

	dialog_measure(&d);
	n = prompt_pinentry_open(&d.pinentry, r, w, e);
	if (n == 0)
		n = dialog_steps(&d, e);
	prompt_pinentry_close(&d.pinentry);
	return n;
}
