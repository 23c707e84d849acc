/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: the unix socket by which tests tell a card what to do.
 *
 * A connection is one command, a line of text; the answer is one line: "ok",
 * "ok ..." with what was asked for, or "error ...".  The commands are in
 * README.md and in control_help().
 */
#ifndef CARD_CONTROL_H
#define CARD_CONTROL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

struct card;
struct error;

#define CONTROL_LINE_MAX 4096u

struct control {
	int listener;
	bool quit; /* it was told to end */
};

/* Listen at path. */
int control_init(struct control *ctl, const char *path, struct error *e)
	MUST_CHECK;
void control_fini(struct control *ctl);

/* Somebody connected: do what the line says, blocking for that line. */
void control_ready(struct control *ctl, struct card *c);

/* Run one line (changed in place); its answer without the line end. */
void control_run(struct control *ctl, struct card *c, char *line,
		 struct buf *answer);

#endif
