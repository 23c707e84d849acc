/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: the body of POST /v1/signatures, made while it is sent.
 */
#include "client/body.h"

#include <string.h>

#include "base/b64.h"
#include "base/err.h"
#include "base/limits.h"

/* A multiple of 3: each piece is base64 without padding, but for the last. */
#define BODY_PIECE (48u * 1024)

enum { PHASE_HEAD, PHASE_CONTENT, PHASE_TAIL, PHASE_END };

void client_body_init(struct client_body *b, struct slice head,
		      const struct client_content *content, struct slice tail,
		      struct error *e)
{
	*b = (struct client_body){
		.head = head, .tail = tail, .content = content, .error = e
	};
	buf_init(&b->piece,
		 LIMIT_BODY_MEMBERS + b64_encoded_len(B64_STD, BODY_PIECE));
}

void client_body_fini(struct client_body *b)
{
	buf_fini(&b->piece);
}

uint64_t client_body_len(const struct client_body *b)
{
	uint64_t len = b->head.len + b->tail.len;

	if (b->content != NULL)
		len += b64_encoded_len(B64_STD, (size_t)b->content->size);
	return len;
}

static int next_of_content(struct client_body *b)
{
	uint8_t raw[BODY_PIECE];
	size_t len;
	int r;

	r = client_content_pread(b->content, b->done, raw, sizeof(raw), &len,
				 b->error);
	if (r != 0)
		return r;
	b64_encode(B64_STD, slice_of(raw, len), &b->piece);
	if (buf_error(&b->piece) != 0)
		return error_set(b->error, buf_error(&b->piece), "body");
	b->done += len;
	if (b->done == b->content->size) {
		b->phase = PHASE_TAIL;
		return client_content_unchanged(b->content, b->error);
	}
	return 0;
}

static int next_piece(struct client_body *b)
{
	buf_reset(&b->piece);
	b->at = 0;
	switch (b->phase) {
	case PHASE_HEAD:
		b->phase = b->content != NULL ? PHASE_CONTENT : PHASE_TAIL;
		buf_put_slice(&b->piece, b->head);
		break;
	case PHASE_CONTENT:
		return next_of_content(b);
	case PHASE_TAIL:
		b->phase = PHASE_END;
		buf_put_slice(&b->piece, b->tail);
		break;
	}
	if (buf_error(&b->piece) != 0)
		return error_set(b->error, buf_error(&b->piece), "body");
	return 0;
}

int client_body_read(struct client_body *b, void *out, size_t size, size_t *len)
{
	size_t rest;
	int r;

	while (b->at == b->piece.len && b->phase != PHASE_END) {
		r = next_piece(b);
		if (r != 0)
			return r;
	}
	rest = b->piece.len - b->at;
	if (size > rest)
		size = rest;
	if (size > 0)
		memcpy(out, b->piece.ptr + b->at, size);
	b->at += size;
	*len = size;
	return 0;
}
