/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: an answer that goes on as long as the client listens.
 *
 * The library asks for the next piece as soon as the last one is out.  When
 * there is none the connection is suspended, from inside its reader: so a
 * client that takes nothing costs nothing, and one that listens costs nothing
 * while nothing happens.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "api/http.h"
#include "base/limits.h"

/* The library's pool of a connection, in which it makes a chunk of each. */
#define STREAM_PIECE ((size_t)4 * 1024)

struct stream {
	struct http *http; /* NULL once the exchange is over */
	struct exchange_source source;
};

static ssize_t stream_read(void *arg, uint64_t at, char *out, size_t max)
{
	struct stream *s = arg;
	struct http *h = s->http;
	ssize_t got;

	if (h == NULL || h->dropped || h->connection->gone)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	got = s->source.read(s->source.arg, out, max);
	if (got == EXCHANGE_STREAM_END)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (got > 0) {
		http_deadline(h->connection);
		return got;
	}
	h->connection->deadline_ns = 0;
	h->suspended = true;
	MHD_suspend_connection(h->connection->mhd);
	return 0;
}

static void stream_free(void *arg)
{
	free(arg);
}

void exchange_stream(struct exchange *x, const char *media_type,
		     const struct exchange_source *source)
{
	struct stream *s = calloc(1, sizeof(*s));
	struct MHD_Response *response = NULL;

	if (s != NULL)
		response = MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, STREAM_PIECE, stream_read, s,
			stream_free);
	if (response == NULL) {
		free(s);
		source->closed(source->arg);
	} else {
		s->http = x->http;
		s->source = *source;
		x->stream = s;
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
					media_type);
		MHD_add_response_header(response,
					MHD_HTTP_HEADER_CACHE_CONTROL,
					"no-store");
	}
	http_send(x->http, MHD_HTTP_OK, response);
}

void exchange_stream_wake(struct exchange *x)
{
	struct http *h = x->http;

	if (!h->suspended)
		return;
	h->suspended = false;
	http_deadline(h->connection);
	MHD_resume_connection(h->connection->mhd);
	http_kick(h->connection->api);
}

void exchange_stream_cut(struct exchange *x)
{
	struct http *h = x->http;

	shutdown(h->connection->fd, SHUT_RDWR);
	h->dropped = true;
	exchange_stream_wake(x);
}

void stream_completed(struct stream *s)
{
	s->http = NULL;
	s->source.closed(s->source.arg);
}
