/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen: single dialogs of a pinentry, and texts of several pages.
 */
#include "prompt/screen.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/i18n.h"

/* A screen of 24 lines less the frame, the error, the PIN and the buttons. */
#define SCREEN_ROWS 20
#define SCREEN_ROWS_LEAST 6
#define SCREEN_ROWS_OTHER 10
#define SCREEN_WIDTH 74
#define SCREEN_WIDTH_LEAST 30
#define SCREEN_WIDTH_OTHER 6

static unsigned screen_between(unsigned n, unsigned other, unsigned least,
			       unsigned most)
{
	n = n > other ? n - other : 0;
	return n < least ? least : n > most ? most : n;
}

void prompt_screen_measure(struct prompt_screen *s)
{
	AUTO(fd_closep) int fd = -1;
	struct winsize size = { 0 };

	s->room = (struct prompt_room){ .rows = SCREEN_ROWS,
					.width = SCREEN_WIDTH,
					.bytes = PROMPT_TEXT_MAX };
	if (s->r->tty == NULL)
		return;
	fd = open(s->r->tty, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	s->room.rows = screen_between(size.ws_row, SCREEN_ROWS_OTHER,
				      SCREEN_ROWS_LEAST, SCREEN_ROWS);
	s->room.width = screen_between(size.ws_col, SCREEN_WIDTH_OTHER,
				       SCREEN_WIDTH_LEAST, SCREEN_WIDTH);
}

/* --- one dialog --- */

static int screen_prepare(struct prompt_screen *s, const struct prompt_face *f,
			  struct error *e)
{
	struct prompt_pinentry *p = &s->pinentry;
	int n;

	if (f->text[0] == '\0')
		return error_set(e, ERR_NO_MEMORY, "the text of a dialog");
	n = prompt_pinentry_fresh(p, s->r, e);
	if (n == 0)
		n = prompt_pinentry_set(p, "SETTITLE", "Signet", e);
	if (n == 0)
		n = prompt_pinentry_set(p, "SETDESC", f->text, e);
	if (n == 0)
		n = prompt_pinentry_buttons(p, f->ok, f->not_ok, f->cancel, e);
	if (n == 0 && s->error != NULL)
		n = prompt_pinentry_set(p, "SETERROR", s->error, e);
	s->error = NULL;
	return n;
}

/* A button that stops everything. */
static int screen_stopped(enum prompt_button button, struct error *e)
{
	if (button == PROMPT_LATE)
		return error_set(e, ERR_NOT_ANSWERED, "no answer in time");
	if (button == PROMPT_CANCEL)
		return error_set(e, ERR_DECLINED, "the user declined");
	return 0;
}

int prompt_screen_ask(struct prompt_screen *s, const struct prompt_face *f,
		      enum prompt_button *button, struct error *e)
{
	int n = screen_prepare(s, f, e);

	if (n == 0)
		n = prompt_pinentry_confirm(&s->pinentry, false, button, e);
	if (n == 0 && f->not_ok == NULL && *button == PROMPT_NOT_OK)
		*button = PROMPT_CANCEL;
	return n == 0 ? screen_stopped(*button, e) : n;
}

int prompt_screen_pin(struct prompt_screen *s, const struct prompt_face *f,
		      const char *name, struct secret *typed, struct error *e)
{
	enum prompt_button button = PROMPT_CANCEL;
	int n = screen_prepare(s, f, e);

	if (n == 0)
		n = prompt_pinentry_set(&s->pinentry, "SETPROMPT", name, e);
	if (n == 0)
		n = prompt_pinentry_pin(&s->pinentry, typed, &button, e);
	if (n == 0 && button == PROMPT_NOT_OK)
		button = PROMPT_CANCEL;
	return n == 0 ? screen_stopped(button, e) : n;
}

int prompt_screen_tell(struct prompt_screen *s, const struct prompt_face *f,
		       struct error *e)
{
	enum prompt_button button;
	int n = screen_prepare(s, f, e);

	if (n == 0)
		n = prompt_pinentry_confirm(&s->pinentry, true, &button, e);
	return n;
}

/* --- pages --- */

/* Room for "Page 12 of 34" and an empty line. */
static struct prompt_room screen_page_room(const struct prompt_screen *s)
{
	struct prompt_room room = s->room;

	/* No PIN and no error is on it: their room is for the heading. */
	room.bytes -= 64;
	return room;
}

static unsigned screen_count(struct slice text, const struct prompt_room *room)
{
	unsigned n = 0;

	for (; text.len > 0; n++)
		prompt_text_page(&text, room);
	return n;
}

static int screen_page(struct prompt_screen *s, struct slice page,
		       unsigned number, unsigned count, struct error *e)
{
	AUTO(buf_fini) struct buf text = { 0 };
	enum prompt_button button;

	buf_init(&text, 4 * PROMPT_TEXT_MAX);
	buf_printf(&text, _("Page %u of %u"), number, count);
	buf_put_str(&text, "\n\n");
	buf_put_slice(&text, page);
	return prompt_screen_ask(s,
			  &(struct prompt_face){ .text = buf_text(&text),
						 .ok = _("_Next"),
						 .cancel = _("_Decline") },
			  &button, e);
}

int prompt_screen_pages(struct prompt_screen *s, const struct prompt_text *t,
			struct error *e)
{
	struct prompt_room room = screen_page_room(s);
	struct slice rest = buf_slice(&t->out);
	unsigned count = screen_count(rest, &room);
	int n = buf_error(&t->out);

	if (n != 0)
		return error_set(e, n, "the text of the request");
	for (unsigned i = 1; n == 0 && rest.len > 0; i++)
		n = screen_page(s, prompt_text_page(&rest, &room), i, count, e);
	return n;
}
