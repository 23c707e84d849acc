/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinentry: one conversation with the user's pinentry (Assuan protocol).
 *
 * Whatever pinentry says or does not say ends in an error of this side; a PIN
 * goes from its socket through locked memory into a struct secret.
 */
#ifndef SIGNET_PROMPT_PINENTRY_H
#define SIGNET_PROMPT_PINENTRY_H

#include <assuan.h>

#include "base/secret.h"
#include "prompt/program.h"
#include "prompt/request.h"
#include "prompt/watch.h"

/* Bytes of a command's text that fit in a line, after escaping. */
#define PROMPT_TEXT_MAX 960

struct prompt_pinentry {
	struct prompt_program program;
	struct prompt_watch *watch; /* borrowed */
	bool has_screen;	    /* of any kind */
	assuan_context_t assuan;    /* NULL: not open */
};

/* The button, or the end of time. */
enum prompt_button { PROMPT_OK, PROMPT_NOT_OK, PROMPT_CANCEL, PROMPT_LATE };

/*
 * Start the pinentry that r asks for.
 * ERR_PROMPT says what to do; ERR_CANCELLED, ERR_WORKER_LOST and
 * ERR_NOT_ANSWERED as prompt_watch_wait().  Every function here may fail so,
 * and is to be followed by prompt_pinentry_close() then.
 */
int prompt_pinentry_open(struct prompt_pinentry *p,
			 const struct prompt_request *r,
			 struct prompt_watch *w, struct error *e) MUST_CHECK;
/* End it, by force where it must be.  A zeroed p is allowed. */
void prompt_pinentry_close(struct prompt_pinentry *p);

/* Forget the texts of the dialog before; tell it about terminal and locale. */
int prompt_pinentry_fresh(struct prompt_pinentry *p,
			  const struct prompt_request *r,
			  struct error *e) MUST_CHECK;
/* Set one text ("SETDESC", ...); it is escaped here, and cut if too long. */
int prompt_pinentry_set(struct prompt_pinentry *p, const char *command,
			const char *text, struct error *e) MUST_CHECK;
/* Texts of the buttons; NULL: as pinentry has them, and no third one. */
int prompt_pinentry_buttons(struct prompt_pinentry *p, const char *ok,
			    const char *not_ok, const char *cancel,
			    struct error *e) MUST_CHECK;

/* Show what was set, with buttons. */
int prompt_pinentry_confirm(struct prompt_pinentry *p, bool one_button,
			    enum prompt_button *button,
			    struct error *e) MUST_CHECK;
/* The same, with a line for a PIN, which goes to s (initialised). */
int prompt_pinentry_pin(struct prompt_pinentry *p, struct secret *s,
			enum prompt_button *button, struct error *e) MUST_CHECK;

/* Bytes that text has in a line: '%' and controls count three. */
size_t prompt_pinentry_size(struct slice text);

#endif
