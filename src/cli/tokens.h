/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: tokens as people see them.
 */
#ifndef SIGNET_CLI_TOKENS_H
#define SIGNET_CLI_TOKENS_H

#include <stdbool.h>

#include "base/attr.h"

struct signet_client;
struct signet_token;
struct signet_tokens;

/* As a table on standard output, and what else there is to say. */
void cli_tokens_print(const struct signet_tokens *tokens);

/*
 * The one of the list that is meant by a URI, which need not be its whole one;
 * NULL: the only one there is.  Gives CLI_OK, or the exit status after having
 * printed why, also as JSON if that is wanted.
 */
int cli_tokens_find(struct signet_client *c, const struct signet_tokens *tokens,
		    const char *uri, bool json,
		    const struct signet_token **out) MUST_CHECK;

/* For AUTO(). */
void cli_tokens_freep(struct signet_tokens **t);

#endif
