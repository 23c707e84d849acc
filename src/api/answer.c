/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: JSON, problem documents and large results on their way out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "api/http.h"
#include "api/page.h"
#include "base/problem.h"
#include "base/b64.h"
#include "base/limits.h"
#include "base/log.h"

/* Large answers are encoded in pieces: a multiple of 3 bytes. */
#define ANSWER_PIECE ((size_t)48 * 1024)

static void http_queue(struct http *h, unsigned status,
		       struct MHD_Response *response)
{
	struct connection *c = h->connection;

	http_deadline(c);
	page_share(h, response);
	/* Not queued: the library closes the connection, all there is to do. */
	if (MHD_queue_response(c->mhd, status, response) != MHD_YES)
		h->dropped = true;
	if (!h->suspended)
		return;
	h->suspended = false;
	MHD_resume_connection(c->mhd);
	http_kick(c->api);
}

void http_send(struct http *h, unsigned status, struct MHD_Response *response)
{
	h->exchange.answered = true;
	if (response != NULL) {
		http_queue(h, status, response);
		MHD_destroy_response(response);
		return;
	}
	/* No memory for an answer: the connection is closed. */
	log_write(LOG_ERROR, NULL, "no memory for an answer");
	shutdown(h->connection->fd, SHUT_RDWR);
	h->dropped = true;
}

static struct MHD_Response *http_empty(void)
{
	return MHD_create_response_from_buffer(0, NULL,
					       MHD_RESPMEM_PERSISTENT);
}

void http_nothing(struct http *h, unsigned status)
{
	struct MHD_Response *response = http_empty();

	if (response != NULL)
		MHD_add_response_header(response,
					MHD_HTTP_HEADER_CACHE_CONTROL,
					"no-store");
	http_send(h, status, response);
}

void http_forbid(struct http *h)
{
	struct MHD_Response *response = http_empty();

	h->page = GATE_STRANGER;
	if (response != NULL)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION,
					"close");
	http_send(h, MHD_HTTP_FORBIDDEN, response);
}

static struct MHD_Response *http_text_response(struct buf *json)
{
	struct MHD_Response *response;

	if (buf_error(json) != 0)
		return NULL;
	response = MHD_create_response_from_buffer(json->len, json->ptr,
						   MHD_RESPMEM_MUST_FREE);
	if (response != NULL)
		buf_init(json, json->max);
	return response;
}

static void http_fields(struct MHD_Response *response, const char *media_type,
			const char *location)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				media_type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
				"no-store");
	if (location != NULL)
		MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION,
					location);
}

static void http_respond(struct exchange *x, unsigned status,
			 struct MHD_Response *response, const char *location)
{
	if (response != NULL)
		http_fields(response, status >= 400 ? PROBLEM_MEDIA_TYPE :
			    "application/json", location);
	http_send(x->http, status, response);
}

void exchange_answer_location(struct exchange *x, unsigned status,
			      struct buf *json, const char *location)
{
	http_respond(x, status, http_text_response(json), location);
	buf_fini(json);
}

void exchange_answer(struct exchange *x, unsigned status, struct buf *json)
{
	exchange_answer_location(x, status, json, NULL);
}

void exchange_answer_text(struct exchange *x, unsigned status,
			  const char *media_type, struct buf *text)
{
	struct MHD_Response *response = http_text_response(text);

	if (response != NULL)
		http_fields(response, media_type, NULL);
	http_send(x->http, status, response);
	buf_fini(text);
}

/* A large answer while it is sent. */
struct http_large {
	struct buf head;
	struct exchange_large large;
	struct request *owner;
	struct buf piece;   /* encoded bytes */
	uint64_t piece_at;  /* their offset in the answer */
};

static uint64_t large_middle(const struct http_large *l)
{
	return l->large.b64 ? b64_encoded_len(B64_STD, l->large.bytes.len) :
			      l->large.bytes.len;
}

static ssize_t large_copy(struct slice from, uint64_t offset, char *out,
			  size_t max)
{
	size_t len = from.len - (size_t)offset;

	if (len > max)
		len = max;
	memcpy(out, from.ptr + offset, len);
	return (ssize_t)len;
}

/* The encoded piece that has this offset of the middle. */
static ssize_t large_encoded(struct http_large *l, uint64_t offset, char *out,
			     size_t max)
{
	const uint64_t text = ANSWER_PIECE / 3 * 4;
	uint64_t number = offset / text;
	struct slice bytes = l->large.bytes;
	size_t from = (size_t)number * ANSWER_PIECE;

	if (l->piece.len == 0 || l->piece_at != number * text) {
		buf_reset(&l->piece);
		bytes.ptr += from;
		bytes.len -= from;
		if (bytes.len > ANSWER_PIECE)
			bytes.len = ANSWER_PIECE;
		b64_encode(B64_STD, bytes, &l->piece);
		if (buf_error(&l->piece) != 0)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		l->piece_at = number * text;
	}
	return large_copy(buf_slice(&l->piece), offset - l->piece_at, out,
			  max);
}

static ssize_t large_read(void *arg, uint64_t at, char *out, size_t max)
{
	struct http_large *l = arg;
	uint64_t middle = large_middle(l);

	if (at < l->head.len)
		return large_copy(buf_slice(&l->head), at, out, max);
	at -= l->head.len;
	if (at < middle && l->large.b64)
		return large_encoded(l, at, out, max);
	if (at < middle)
		return large_copy(l->large.bytes, at, out, max);
	at -= middle;
	if (at < l->large.tail.len)
		return large_copy(buf_slice(&l->large.tail), at, out, max);
	return MHD_CONTENT_READER_END_OF_STREAM;
}

static void large_free(void *arg)
{
	struct http_large *l = arg;

	if (l == NULL)
		return;
	buf_fini(&l->head);
	buf_fini(&l->large.tail);
	buf_fini(&l->piece);
	request_unref(l->owner);
	free(l);
}

void exchange_answer_large(struct exchange *x, unsigned status,
			   struct buf *json, struct exchange_large *large,
			   struct request *owner)
{
	struct http_large *l = calloc(1, sizeof(*l));
	struct MHD_Response *response = NULL;

	if (l != NULL) {
		l->head = *json;
		l->large = *large;
		l->owner = request_ref(owner);
		buf_init(&l->piece, ANSWER_PIECE * 2);
		buf_init(json, json->max);
		buf_init(&large->tail, large->tail.max);
		response = MHD_create_response_from_callback(
			l->head.len + large_middle(l) + l->large.tail.len,
			ANSWER_PIECE, large_read, l, large_free);
		if (response == NULL)
			large_free(l);
	}
	buf_fini(json);
	buf_fini(&large->tail);
	http_respond(x, status, response, NULL);
}

int exchange_json(const struct exchange *x, json_t **out, struct error *e)
{
	if (x->failure.code != 0) {
		*e = x->failure;
		return e->code;
	}
	return body_json(x->body, out, e);
}

void exchange_refuse(struct exchange *x, const struct error *e,
		     const char *request)
{
	struct buf text;
	struct writer j = writer_of(&text);
	struct MHD_Response *response;
	char seconds[12];

	buf_init(&text, EXCHANGE_TEXT_MAX);
	problem_put(&j, NULL, e, request);
	response = http_text_response(&text);
	snprintf(seconds, sizeof(seconds), "%u", e->retry_after);
	if (response != NULL && e->retry_after != 0)
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER,
					seconds);
	http_respond(x, (unsigned)err_info(e->code)->http, response, NULL);
	buf_fini(&text);
}
