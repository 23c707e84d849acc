/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog: the conversation with the person, from the first page to consent.
 */
#ifndef SIGNET_PROMPT_DIALOG_H
#define SIGNET_PROMPT_DIALOG_H

#include "prompt/pins.h"
#include "prompt/request.h"
#include "prompt/watch.h"

/*
 * Show r, ask for consent and for the PINs it names, which are in pins then.
 * Blocks for as long as the watch lets it.  0 is consent; ERR_DECLINED,
 * ERR_NOT_ANSWERED (out of time), ERR_CANCELLED (withdrawn); any other error
 * says what to do.
 */
int prompt_dialog(const struct prompt_request *r, struct prompt_watch *w,
		  struct prompt_pins *pins, struct error *e) MUST_CHECK;

#endif
