/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: the body of POST /v1/signatures, made while it is sent.
 *
 *	{"key":...,"content":{"media_type":...,"data":"  head
 *	<base64 of the content>                          piece by piece
 *	"}}                                              tail
 *
 * The content is last, so that signetd knows everything else when it comes.
 */
#ifndef SIGNET_CLIENT_BODY_H
#define SIGNET_CLIENT_BODY_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "client/content.h"

struct error;

struct client_body {
	struct slice head, tail;
	const struct client_content *content; /* NULL: head is all of it */
	uint64_t done;	   /* bytes of the content that were read */
	struct buf piece;  /* encoded and not sent yet, from at on */
	size_t at;
	int phase;
	struct error *error; /* where a failure of reading is noted */
};

/* head, tail and content are borrowed until client_body_fini(). */
void client_body_init(struct client_body *b, struct slice head,
		      const struct client_content *content, struct slice tail,
		      struct error *e);
void client_body_fini(struct client_body *b);

/* Length of the whole body: known before the first byte is read. */
uint64_t client_body_len(const struct client_body *b);

/*
 * The next bytes of the body, at most size of them, into out; *len is 0 at its
 * end.  ERR_IO: the content cannot be read or has changed.
 */
int client_body_read(struct client_body *b, void *out, size_t size,
		     size_t *len) MUST_CHECK;

#endif
