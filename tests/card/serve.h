/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the loop of a program that is a card in its reader.
 */
#ifndef CARD_SERVE_H
#define CARD_SERVE_H

struct card;
struct control;

/* Answer the reader (c->link) and the control socket until told to quit. */
void serve(struct card *c, struct control *ctl);

#endif
