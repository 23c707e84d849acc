/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_text: an event in words.
 */
#ifndef SIGNET_CLI_WATCH_TEXT_H
#define SIGNET_CLI_WATCH_TEXT_H

#include <stddef.h>

#include "cli/term.h"
#include "signet.h"

#define CLI_WATCH_TEXT 2048

/*
 * What happened, in the user's language and fit for a terminal, into
 * out[CLI_WATCH_TEXT]; the colour it is shown in.  "": nothing to be said.
 */
enum cli_colour cli_watch_text(const struct signet_event *e, char *out);

#endif
