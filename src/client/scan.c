/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: takes the member "signature" out of an answer while it arrives.
 */
#include "client/scan.h"

#include <string.h>

#include "base/err.h"
#include "base/fd.h"

#define SCAN_CHUNK (64u * 1024)

enum {
	SCAN_OUTSIDE, /* between values */
	SCAN_STRING,  /* in a string that is not ours */
	SCAN_COLON,   /* behind the name "signature" */
	SCAN_VALUE,   /* behind its colon */
	SCAN_TAKE     /* in its value */
};

void client_scan_init(struct client_scan *s, int fd, bool base64)
{
	*s = (struct client_scan){ .fd = fd, .base64 = base64 };
	s->b64.kind = B64_STD;
	buf_init(&s->text, SCAN_CHUNK);
	buf_init(&s->bytes, SCAN_CHUNK);
}

void client_scan_fini(struct client_scan *s)
{
	buf_fini(&s->text);
	buf_fini(&s->bytes);
}

static int not_base64(struct error *e)
{
	return error_set(e, ERR_PROTOCOL,
			 "signetd's answer: signature is not base64");
}

static int flush_bytes(struct client_scan *s, struct slice bytes,
		       struct error *e)
{
	s->written += bytes.len;
	return fd_write_all(s->fd, bytes, e);
}

static int flush(struct client_scan *s, struct error *e)
{
	int r;

	if (!s->base64) {
		r = flush_bytes(s, buf_slice(&s->text), e);
	} else {
		buf_reset(&s->bytes);
		if (b64_stream_feed(&s->b64, buf_slice(&s->text), &s->bytes))
			return not_base64(e);
		r = flush_bytes(s, buf_slice(&s->bytes), e);
	}
	buf_reset(&s->text);
	return r;
}

static int finish_value(struct client_scan *s, struct error *e)
{
	int r = flush(s, e);

	if (r != 0 || !s->base64)
		return r;
	buf_reset(&s->bytes);
	if (b64_stream_finish(&s->b64, &s->bytes) != 0)
		return not_base64(e);
	return flush_bytes(s, buf_slice(&s->bytes), e);
}

/* One character of the signature's text. */
static int take(struct client_scan *s, uint8_t c, struct buf *rest,
		struct error *e)
{
	if (!s->escaped && c == '\\') {
		s->escaped = true;
		return 0;
	}
	/* Neither base64 nor a JWS needs an escape; "\/" is allowed for '/'. */
	if (s->escaped && c != '/')
		return not_base64(e);
	if (!s->escaped && c == '"') {
		s->state = SCAN_OUTSIDE;
		buf_put_u8(rest, c);
		return finish_value(s, e);
	}
	s->escaped = false;
	buf_put_u8(&s->text, c);
	return s->text.len == SCAN_CHUNK ? flush(s, e) : 0;
}

static void in_string(struct client_scan *s, uint8_t c)
{
	bool ours;

	if (s->escaped) {
		s->escaped = false;
	} else if (c == '\\') {
		s->escaped = true;
		s->in_key = false;
	} else if (c == '"') {
		ours = s->in_key && s->key_len == strlen("signature") &&
		       memcmp(s->key, "signature", s->key_len) == 0;
		s->state = ours ? SCAN_COLON : SCAN_OUTSIDE;
		return;
	}
	if (s->key_len < sizeof(s->key))
		s->key[s->key_len++] = (char)c;
}

static void outside(struct client_scan *s, uint8_t c)
{
	if (c == '{' || c == '[')
		s->depth++;
	else if ((c == '}' || c == ']') && s->depth > 0)
		s->depth--;
	else if (c == '"') {
		s->state = SCAN_STRING;
		s->in_key = s->depth == 1;
		s->key_len = 0;
	}
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* "signature" may also be a value; then no colon follows. */
static void behind_name(struct client_scan *s, uint8_t c)
{
	if (is_space(c))
		return;
	s->state = c == ':' ? SCAN_VALUE : SCAN_OUTSIDE;
	if (c != ':')
		outside(s, c);
}

static int start_value(struct client_scan *s, uint8_t c, struct error *e)
{
	if (is_space(c))
		return 0;
	if (c != '"') { /* null: nothing to take */
		s->state = SCAN_OUTSIDE;
		outside(s, c);
		return 0;
	}
	if (s->found++ > 0)
		return error_set(e, ERR_PROTOCOL,
				 "signetd's answer has two signatures");
	s->state = SCAN_TAKE;
	return 0;
}

int client_scan_feed(struct client_scan *s, struct slice piece,
		     struct buf *rest, struct error *e)
{
	int r = 0;

	for (size_t i = 0; i < piece.len && r == 0; i++) {
		uint8_t c = piece.ptr[i];

		if (s->state == SCAN_TAKE) {
			r = take(s, c, rest, e);
			continue;
		}
		buf_put_u8(rest, c);
		if (s->state == SCAN_OUTSIDE)
			outside(s, c);
		else if (s->state == SCAN_STRING)
			in_string(s, c);
		else if (s->state == SCAN_VALUE)
			r = start_value(s, c, e);
		else
			behind_name(s, c);
	}
	if (r == 0 && buf_error(rest) != 0)
		r = error_set(e, ERR_PROTOCOL, "signetd's answer is too long");
	return r;
}
