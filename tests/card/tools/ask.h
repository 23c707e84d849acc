/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: the client's end of a card's control socket (control.h).
 */
#ifndef CARD_ASK_H
#define CARD_ASK_H

#include "base/attr.h"
#include "base/buf.h"

struct error;

/*
 * Send a command, its words NULL-terminated, and wait for the answer: what
 * follows "ok", with its line end.  ERR_IO for "error ..." and when nobody
 * answers.
 */
int ask_card(const char *socket, char *const *words, struct buf *answer,
	     struct error *e) MUST_CHECK;

#endif
