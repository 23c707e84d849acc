/* SPDX-License-Identifier: Apache-2.0 */
/*
 * term: what may go to a terminal.
 *
 * Labels, subjects and file names come from cards and strangers: a control
 * character in one of them must not reach the terminal.
 */
#ifndef SIGNET_CLI_TERM_H
#define SIGNET_CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum cli_colour { CLI_PLAIN, CLI_RED, CLI_GREEN, CLI_YELLOW, CLI_BOLD };

/*
 * The sequence that switches to a colour; "" when f is no terminal, TERM is
 * dumb, or NO_COLOR is set and not empty (no-color.org).
 */
const char *cli_term_colour(FILE *f, enum cli_colour colour);

/* Good, middling or bad: the colour of a word such as "ready", "failed". */
enum cli_colour cli_term_colour_of(const char *state);

/*
 * Copy text to out[size]: control and format characters (such as those that
 * turn the direction of writing) and broken UTF-8 become '?'; cut at a
 * character when it does not fit.
 */
void cli_term_safe(const char *text, char *out, size_t size);

/* Columns that a text takes. */
size_t cli_term_width(const char *text);

/* Columns of the terminal behind f; 80 when it does not say. */
size_t cli_term_columns(FILE *f);

/* One line at the bottom of standard error, in the place of the last one. */
void cli_term_progress(const char *line);
/* Take it away, so that something else can be printed. */
void cli_term_clear(void);

#endif
