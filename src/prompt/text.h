/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: lines for a person, made safe, wrapped and cut into pages.
 *
 * Whoever wrote a value cannot begin a line of the dialog with it: every value
 * stands behind a label or a mark, and so does what is wrapped.
 */
#ifndef SIGNET_PROMPT_TEXT_H
#define SIGNET_PROMPT_TEXT_H

#include "base/buf.h"

#define PROMPT_TEXT_VALUES 4

struct prompt_text {
	struct buf out;	 /* lines, each with its '\n' */
	unsigned width;	 /* cells of the longest line */
	unsigned clip;	 /* cells of the longest value; 0: shown whole */
	struct buf shown[PROMPT_TEXT_VALUES];
	unsigned next;
};

void prompt_text_init(struct prompt_text *t, unsigned width, unsigned clip);
void prompt_text_fini(struct prompt_text *t);

/*
 * A value from outside as it may be shown; clipped where t->clip says so.
 * Valid until PROMPT_TEXT_VALUES later ones.
 */
const char *prompt_text_shown(struct prompt_text *t, const char *value);

/* Append a line; values in it come from prompt_text_shown(). */
void prompt_text_line(struct prompt_text *t, const char *format, ...)
	PRINTF_LIKE(2, 3);
/* Append a sentence of our own, in which is no value. */
void prompt_text_say(struct prompt_text *t, const char *text);
/* Append "label: value". */
void prompt_text_field(struct prompt_text *t, const char *label,
		       const char *value);
/* An empty line, unless one is there, or room is short. */
void prompt_text_gap(struct prompt_text *t);

/* What a dialog has room for. */
struct prompt_room {
	unsigned rows;	/* lines of text */
	unsigned width; /* cells of a line */
	size_t bytes;	/* of all, escaped for Assuan */
};

/* True when all of text fits in one dialog. */
bool prompt_text_fits(struct slice text, const struct prompt_room *room);
/*
 * Take what fits in one dialog, at least a line, from the front of *rest:
 * whole lines, without the last line end.
 */
struct slice prompt_text_page(struct slice *rest,
			      const struct prompt_room *room);

#endif
