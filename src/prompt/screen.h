/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen: single dialogs of a pinentry, and texts of several pages.
 */
#ifndef SIGNET_PROMPT_SCREEN_H
#define SIGNET_PROMPT_SCREEN_H

#include "prompt/pinentry.h"
#include "prompt/request.h"
#include "prompt/text.h"

struct prompt_screen {
	const struct prompt_request *r; /* borrowed */
	struct prompt_pinentry pinentry;
	struct prompt_room room;
	const char *error; /* shown by the next dialog, once; or NULL */
};

/* Text and buttons of a dialog; not_ok is NULL where there are two. */
struct prompt_face {
	const char *text, *ok, *not_ok, *cancel;
};

/* How much the terminal of s->r takes; s->room is set. */
void prompt_screen_measure(struct prompt_screen *s);

/*
 * A dialog with buttons; *button is PROMPT_OK, or PROMPT_NOT_OK where there is
 * such a one.  ERR_DECLINED and ERR_NOT_ANSWERED for the others, which is so
 * of all functions here, and what prompt_pinentry_open() says.
 */
int prompt_screen_ask(struct prompt_screen *s, const struct prompt_face *f,
		      enum prompt_button *button, struct error *e) MUST_CHECK;
/* One to type a PIN in; name stands before the line. */
int prompt_screen_pin(struct prompt_screen *s, const struct prompt_face *f,
		      const char *name, struct secret *typed,
		      struct error *e) MUST_CHECK;
/* One that only tells something. */
int prompt_screen_tell(struct prompt_screen *s, const struct prompt_face *f,
		       struct error *e) MUST_CHECK;
/* All of a text, a dialog a page. */
int prompt_screen_pages(struct prompt_screen *s, const struct prompt_text *t,
			struct error *e) MUST_CHECK;

#endif
