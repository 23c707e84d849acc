/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: what a file to be signed is, so that it can be shown.
 */
#ifndef SIGNET_CLI_CONTENT_H
#define SIGNET_CLI_CONTENT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct cli_sign;
struct error;
struct signet_request;

#define CLI_CONTENT_PAYMENT "application/vnd.signet.payment+json"

/* The media type by the end of a file's name. */
const char *cli_content_by_name(const char *file);

/* Is this canonical JSON a payment?  It has the objects payee and total. */
bool cli_content_is_payment(struct slice canonical);

/* Can it be shown as text/plain?  UTF-8 it has to be. */
bool cli_content_is_text(struct slice s);

/*
 * Set the content of the request's last item, its media type (of the options,
 * else of the file) and its name.  "-" is standard input.  What the request
 * refuses is in *e too: ERR_IO, ERR_TOO_LARGE, ERR_CONTENT, ERR_NO_MEMORY.
 */
int cli_content_set(const struct cli_sign *s, const char *file,
		    struct signet_request *r, struct error *e) MUST_CHECK;

#endif
