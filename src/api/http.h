/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: what the files of the HTTP side share; the only ones that know
 * libmicrohttpd: http.c (requests), answer.c, stream.c, connection.c.
 *
 * The library is run by its epoll descriptor, never from inside one of its own
 * callbacks: those only ask for another turn (http_kick).
 */
#ifndef SIGNET_API_HTTP_H
#define SIGNET_API_HTTP_H

#include <event2/event.h>
#include <openssl/evp.h>
#include <microhttpd.h>
#include <sys/queue.h>

#include "api/api.h"
#include "api/exchange.h"
#include "api/gate.h"

struct connection {
	TAILQ_ENTRY(connection) entry;
	struct api *api;
	struct MHD_Connection *mhd;
	int fd;
	bool gone;
	int64_t deadline_ns; /* 0: it is our turn */
	struct caller caller;
	struct error refused; /* code 0: admitted */
	struct http *http;    /* under way */
};

/* How often a field stands in the header; who reads one wants one. */
struct http_fields {
	unsigned lengths; /* Content-Length */
	unsigned types;	  /* Content-Type */
	unsigned keys;	  /* Idempotency-Key */
	unsigned origins; /* Signet-Origin; of the loopback Origin */
	unsigned hosts;	  /* Host */
	unsigned clients; /* Signet-Client */
	bool chunked;
};

/* An exchange as the library's callbacks know it. */
struct http {
	struct exchange exchange;
	struct connection *connection;
	struct http_fields fields;
	enum gate_page page; /* of a caller that is one */
	struct body body;
	EVP_MD_CTX *digest; /* of the body; NULL: nobody needs it */
	size_t received;
	bool has_body;
	bool suspended;
	bool dropped; /* the client has gone: no answer is wanted */
};

struct api {
	struct event_base *base;
	struct broker *broker;
	unsigned port; /* of the loopback; 0: the unix socket */
	unsigned idle_seconds;
	struct MHD_Daemon *mhd;
	int watch_fd;
	struct event *run;
	struct event *again;
	struct event *watch;
	struct event *tick;
	TAILQ_HEAD(, connection) connections;
};

/* Another turn of the library, at the end of this one of the loop. */
void http_kick(struct api *api);

/* The peer has to make progress in time, or is cut. */
void http_deadline(struct connection *c);

/* Send this response, whose fields are set, or close; takes it over. */
void http_send(struct http *h, unsigned status, struct MHD_Response *response);

/*
 * The one answer for pages that may not speak to us: it is the same, byte for
 * byte, whatever was asked and whatever is here.
 */
void http_forbid(struct http *h);

/* An answer without a body. */
void http_nothing(struct http *h, unsigned status);

/* Of stream.c: the exchange of a stream is over. */
void stream_completed(struct stream *s);

/* No answer is wanted any more: let the library close the connection. */
void http_drop(struct http *h);

/* Callbacks of the library and of the loop, in connection.c. */
void connection_notify(void *arg, struct MHD_Connection *mhd, void **state,
		       enum MHD_ConnectionNotificationCode code);
void connection_watched(evutil_socket_t fd, short what, void *arg);
void connection_tick(evutil_socket_t fd, short what, void *arg);

#endif
