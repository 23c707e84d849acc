/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: the body of POST /v1/signatures, made while it is sent.
 */
#include "client/body.h"

#include <string.h>

#include "base/b64.h"
#include "base/err.h"

/* A multiple of 3: each piece is base64 without padding, but for the last. */
#define BODY_PIECE (48u * 1024)

void client_body_init(struct client_body *b, struct slice text,
		      const struct client_part *parts, size_t count,
		      struct error *e)
{
	*b = (struct client_body){
		.text = text, .parts = parts, .count = count, .error = e
	};
	buf_init(&b->piece, b64_encoded_len(B64_STD, BODY_PIECE));
}

void client_body_fini(struct client_body *b)
{
	buf_fini(&b->piece);
}

uint64_t client_body_len(const struct client_body *b)
{
	uint64_t len = b->text.len;

	for (size_t i = 0; i < b->count; i++) {
		const struct client_content *c = b->parts[i].content;

		if (c != NULL)
			len += b64_encoded_len(B64_STD, (size_t)c->size);
	}
	return len;
}

static int next_of_content(struct client_body *b,
			   const struct client_content *c)
{
	uint8_t raw[BODY_PIECE];
	size_t len;
	int r;

	r = client_content_pread(c, b->done, raw, sizeof(raw), &len, b->error);
	if (r != 0)
		return r;
	b64_encode(B64_STD, slice_of(raw, len), &b->piece);
	if (buf_error(&b->piece) != 0)
		return error_set(b->error, buf_error(&b->piece), "body");
	b->done += len;
	return b->done == c->size ? client_content_unchanged(c, b->error) : 0;
}

/* The text of the part is sent: the next piece of its content, or its end. */
static int next_piece(struct client_body *b)
{
	const struct client_content *c = b->parts[b->part].content;
	int r = 0;

	buf_reset(&b->piece);
	b->at = 0;
	if (c != NULL)
		r = next_of_content(b, c);
	if (r == 0 && (c == NULL || b->done == c->size)) {
		b->part++;
		b->done = 0;
	}
	return r;
}

/* What can be copied now: of the piece, or else of the text. */
static struct slice waiting(const struct client_body *b)
{
	struct slice piece = buf_slice(&b->piece);

	if (b->at < piece.len)
		return slice_of(piece.ptr + b->at, piece.len - b->at);
	if (b->part == b->count)
		return slice_of(NULL, 0);
	return slice_of(b->text.ptr + b->text_at,
			b->parts[b->part].end - b->text_at);
}

int client_body_read(struct client_body *b, void *out, size_t size, size_t *len)
{
	struct slice next;
	int r = 0;

	while (waiting(b).len == 0 && b->part < b->count && r == 0)
		r = next_piece(b);
	if (r != 0)
		return r;
	next = waiting(b);
	if (size > next.len)
		size = next.len;
	if (size > 0)
		memcpy(out, next.ptr, size);
	if (b->at < b->piece.len)
		b->at += size;
	else
		b->text_at += size;
	b->sent += size;
	*len = size;
	return 0;
}
