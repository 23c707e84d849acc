/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: the body of POST /v1/signatures, made while it is sent.
 *
 *	{"key":...,"items":[{"content":{...,"data":"     text of part 1
 *	<base64 of its content>                          piece by piece
 *	"}},{"content":{...,"data":"                     text of part 2
 *	<base64 of its content>
 *	"}}]}                                            text of the last part
 *
 * The contents are last, so that signetd knows everything else when they come.
 */
#ifndef SIGNET_CLIENT_BODY_H
#define SIGNET_CLIENT_BODY_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "client/content.h"

struct error;

/* Some of the text, and the content that is sent behind it. */
struct client_part {
	size_t end; /* of its text, from the beginning of all text */
	const struct client_content *content; /* NULL: none */
};

struct client_body {
	struct slice text; /* of all parts, one behind the other */
	const struct client_part *parts;
	size_t count;
	size_t part;	   /* the one that is sent now */
	size_t text_at;	   /* text that was sent */
	uint64_t done;	   /* bytes of its content that were read */
	struct buf piece;  /* encoded and not sent yet, from at on */
	size_t at;
	uint64_t sent;	   /* bytes of the body */
	struct error *error; /* where a failure of reading is noted */
};

/* text and parts are borrowed until client_body_fini(). */
void client_body_init(struct client_body *b, struct slice text,
		      const struct client_part *parts, size_t count,
		      struct error *e);
void client_body_fini(struct client_body *b);

/* Length of the whole body: known before the first byte is read. */
uint64_t client_body_len(const struct client_body *b);

/*
 * The next bytes of the body, at most size of them, into out; *len is 0 at its
 * end.  ERR_IO: a content cannot be read or has changed.
 */
int client_body_read(struct client_body *b, void *out, size_t size,
		     size_t *len) MUST_CHECK;

#endif
