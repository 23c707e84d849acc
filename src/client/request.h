/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: what is to be signed, and how.
 */
#ifndef SIGNET_CLIENT_REQUEST_H
#define SIGNET_CLIENT_REQUEST_H

#include "base/buf.h"
#include "client/content.h"
#include "client/error.h"
#include "signet.h"

struct signet_request {
	char *key, *algorithm, *media_type, *name; /* heap, or NULL */
	enum signet_format format;
	bool detached, p1363, async;
	int64_t expires; /* 0: none */
	struct client_content content;
	int output; /* borrowed, or -1 */
	struct signet_error error;
};

/* "cms", "jws", "raw". */
const char *client_format_name(enum signet_format format);

/*
 * The parts of the body of POST /v1/signatures around the content's base64
 * (src/client/body.h); for a digest head is all of it.  ERR_USAGE: there is no
 * content, or a text is not UTF-8.
 */
int client_request_body(const struct signet_request *r, struct buf *head,
			struct buf *tail, struct error *e) MUST_CHECK;

#endif
