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

/* One content and what is said about it. */
struct client_item {
	char *media_type, *name; /* heap, or NULL */
	struct client_content content;
};

struct signet_request {
	char *key, *algorithm; /* heap, or NULL */
	enum signet_format format;
	bool detached, p1363, async;
	int64_t expires; /* 0: none */
	struct client_item *items;
	size_t room, count; /* 1 at least; more: a batch */
	int output; /* borrowed, or -1 */
	struct signet_error error;
};

/* The item that the set functions are about: the last one. */
struct client_item *client_request_item(struct signet_request *r);

/* "cms", "jws", "raw". */
const char *client_format_name(enum signet_format format);

#endif
