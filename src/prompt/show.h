/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: what a person has to know of a request, as text.
 *
 * Who asks, which key, what is to be signed, why it is asked, and what is not
 * as usual: blind contents, few tries.
 */
#ifndef SIGNET_PROMPT_SHOW_H
#define SIGNET_PROMPT_SHOW_H

#include "prompt/request.h"
#include "prompt/text.h"

/* Who asks, with which key and, the whole of it, by which rule. */
void prompt_show_head(struct prompt_text *t, const struct prompt_request *r,
		      bool whole);
/* Item number i of the request, whole. */
void prompt_show_item(struct prompt_text *t, const struct prompt_request *r,
		      size_t i);
/* A batch: how many, sums, payees; at most payees of these by name. */
void prompt_show_summary(struct prompt_text *t, const struct prompt_request *r,
			 size_t payees);
/* The lines of the only item without which there is no consent. */
void prompt_show_essence(struct prompt_text *t,
			 const struct prompt_request *r);
/* Warnings: blind, tries, what the PIN pad is for. */
void prompt_show_notes(struct prompt_text *t, const struct prompt_request *r);

/* Why it is asked once more, for SETERROR; NULL when it is not. */
const char *prompt_show_again(const struct prompt_request *r);

#endif
