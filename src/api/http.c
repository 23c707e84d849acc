/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: HTTP requests by libmicrohttpd, on the loop of signetd.
 */
#include "api/http.h"
#include "api/order.h"
#include "api/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/route.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"

/* Request line, header fields, read buffer and answer header of one. */
#define HTTP_CONNECTION_MEMORY ((size_t)LIMIT_HTTP_HEADER)
/* Descriptors of workers, spools, logs: kept free when there are few. */
#define HTTP_OTHER_FILES 128u
#define HTTP_BODY_MAX \
	(LIMIT_BODY_MEMBERS + (size_t)LIMIT_CONTENT / 3 * 4 + 4)

void http_kick(struct api *api)
{
	event_active(api->run, EV_READ, 1);
}

void http_deadline(struct connection *c)
{
	c->deadline_ns = clock_mono_ns() +
		c->api->idle_seconds * CLOCK_NS_PER_S;
}

void http_drop(struct http *h)
{
	if (h->exchange.gone != NULL)
		h->exchange.gone(&h->exchange);
	h->exchange.answered = true;
	h->dropped = true;
	h->suspended = false;
	MHD_resume_connection(h->connection->mhd);
	http_kick(h->connection->api);
}

/* --- what a handler may ask --------------------------------------------- */

static const char *http_value(const struct exchange *x, enum MHD_ValueKind kind,
			      const char *name)
{
	struct http *h = x->http;

	return MHD_lookup_connection_value(h->connection->mhd, kind, name);
}

const char *exchange_query(const struct exchange *x, const char *name)
{
	return http_value(x, MHD_GET_ARGUMENT_KIND, name);
}

const char *exchange_header(const struct exchange *x, const char *name)
{
	return http_value(x, MHD_HEADER_KIND, name);
}

struct query_check {
	const char *const *names;
	struct error *e;
	int result;
};

static enum MHD_Result query_argument(void *arg, enum MHD_ValueKind kind,
				      const char *name, const char *value)
{
	struct query_check *q = arg;

	for (const char *const *n = q->names; n != NULL && *n != NULL; n++)
		if (strcmp(*n, name) == 0)
			return MHD_YES;
	q->result = error_set(q->e, ERR_MALFORMED,
			      "there is no query argument %.64s here", name);
	return MHD_NO;
}

static int http_check_query(struct http *h, struct error *e)
{
	struct query_check q = { h->exchange.route->query, e, 0 };

	MHD_get_connection_values(h->connection->mhd, MHD_GET_ARGUMENT_KIND,
				  query_argument, &q);
	return q.result;
}

/* --- a request arrives -------------------------------------------------- */

/* Who says which page it is depends on the socket (gate.h). */
static const char *http_origin_field(const struct api *api)
{
	return api->port == 0 ? GATE_ORIGIN : "Origin";
}

static size_t http_body_max(const struct http *h)
{
	if (!h->has_body)
		return 0;
	if (h->page == GATE_CANDIDATE)
		return LIMIT_CANDIDATE_BODY;
	return h->connection->caller.origin[0] == '\0' ? HTTP_BODY_MAX :
							 LIMIT_PAGE_BODY;
}

static enum MHD_Result header_field(void *arg, enum MHD_ValueKind kind,
				    const char *name, const char *value)
{
	struct http *h = arg;
	struct http_fields *f = &h->fields;

	if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
		f->lengths++;
	else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
		f->chunked = true;
	else if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_TYPE) == 0)
		f->types++;
	else if (strcasecmp(name, "Idempotency-Key") == 0)
		f->keys++;
	else if (strcasecmp(name, http_origin_field(h->connection->api)) == 0)
		f->origins++;
	else if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0)
		f->hosts++;
	else if (strcasecmp(name, "Signet-Client") == 0)
		f->clients++;
	return MHD_YES;
}

/* RFC 9112 6.3: what two readers could take differently is refused. */
static int http_check_header(struct http *h, struct error *e)
{
	const struct http_fields *f = &h->fields;
	const char *length;

	if (f->lengths > 1 || (f->lengths == 1 && f->chunked))
		return error_set(e, ERR_MALFORMED,
				 "the length of the body is given twice");
	if (f->types > 1)
		return error_set(e, ERR_MALFORMED,
				 "Content-Type is given twice");
	if (f->keys > 1)
		return error_set(e, ERR_MALFORMED,
				 "Idempotency-Key is given twice");
	length = exchange_header(&h->exchange,
				 MHD_HTTP_HEADER_CONTENT_LENGTH);
	if (length != NULL &&
	    strtoull(length, NULL, 10) > http_body_max(h))
		return error_set(e, ERR_TOO_LARGE,
				 "a body may have %zu bytes here",
				 http_body_max(h));
	return 0;
}

/* --- who asks ----------------------------------------------------------- */

/* On the unix socket: a program, or a page that signet-webhost speaks for. */
static int http_caller(struct http *h, const char *path, struct error *e)
{
	struct connection *c = h->connection;
	const char *origin;

	if (c->refused.code != 0) {
		*e = c->refused;
		return e->code;
	}
	c->caller.origin[0] = '\0';
	if (c->api->port != 0) {
		page_identify(h, path);
		return 0;
	}
	if (h->fields.origins == 0)
		return 0;
	if (!gate_is_webhost(c->api->broker, &c->caller))
		return error_set(e, ERR_NOT_ALLOWED, GATE_ORIGIN " is for"
				 " signet-webhost only");
	origin = exchange_header(&h->exchange, GATE_ORIGIN);
	if (h->fields.origins == 1)
		h->page = gate_page(c->api->broker, c->caller.uid, origin);
	snprintf(c->caller.origin, sizeof(c->caller.origin), "%s",
		 h->page == GATE_STRANGER ? "null" : origin);
	return 0;
}

/* False: http_forbid(). */
static bool http_admits(const struct http *h, const struct route *route)
{
	if (h->connection->caller.origin[0] == '\0')
		return true;
	return h->page == GATE_ALLOWED ||
	       (h->page == GATE_CANDIDATE && route != NULL &&
		route->whose == ROUTE_CANDIDATES);
}

static int http_route(struct http *h, const char *method, const char *path,
		      struct error *e)
{
	struct exchange *x = &h->exchange;
	int r = route_find(method, path, &x->route, x->argument,
			   sizeof(x->argument), e);

	if (r == 0 && x->caller->origin[0] != '\0' &&
	    x->route->whose == ROUTE_PROGRAMS)
		r = error_set(e, ERR_NOT_ALLOWED, "%s %s is not for pages",
			      method, x->route->path);
	return r;
}

static int http_check_type(struct exchange *x, struct error *e)
{
	const char *type = exchange_header(x, MHD_HTTP_HEADER_CONTENT_TYPE);
	size_t len = strlen("application/json");

	if (type != NULL && strncasecmp(type, "application/json", len) == 0 &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' '))
		return 0;
	return error_set(e, ERR_MEDIA_TYPE,
			 "send Content-Type: application/json");
}

/* A retry is the same request when its body has the same bytes. */
static int http_digest_begin(struct http *h, struct error *e)
{
	if (exchange_header(&h->exchange, "Idempotency-Key") == NULL)
		return 0;
	h->digest = EVP_MD_CTX_new();
	if (h->digest == NULL ||
	    EVP_DigestInit_ex(h->digest, EVP_sha256(), NULL) != 1)
		return error_set(e, ERR_NO_MEMORY, "no memory for a digest");
	return 0;
}

static int http_prepare(struct http *h, struct error *e)
{
	struct exchange *x = &h->exchange;
	int r;

	h->has_body = x->route->body;
	r = http_check_query(h, e);
	if (r == 0)
		r = http_check_header(h, e);
	if (r != 0 || !h->has_body)
		return r;
	r = http_check_type(x, e);
	if (r == 0)
		r = request_new(x->broker, x->caller, &x->request, e);
	if (r == 0) {
		body_init(&h->body, order_spool, x->request);
		x->body = &h->body;
		r = http_digest_begin(h, e);
	}
	return r;
}

static void http_receive(struct http *h, const char *method, const char *path)
{
	struct error e;
	int r;

	MHD_get_connection_values(h->connection->mhd, MHD_HEADER_KIND,
				  header_field, h);
	http_deadline(h->connection);
	r = http_caller(h, path, &e);
	if (h->connection->api->port != 0 &&
	    page_preflights(h, method, path))
		return;
	if (r == 0)
		r = http_route(h, method, path, &e);
	if (!http_admits(h, h->exchange.route)) {
		http_forbid(h);
		return;
	}
	if (r == 0 && h->connection->api->port != 0)
		r = page_check(h, &e);
	if (r == 0)
		r = http_prepare(h, &e);
	if (r != 0)
		exchange_refuse(&h->exchange, &e, NULL);
}

/* First call: header only.  A refusal now spares the client its upload. */
static enum MHD_Result http_begin(struct connection *c, const char *method,
				  const char *path, void **arg)
{
	struct http *h = calloc(1, sizeof(*h));

	*arg = h;
	if (h == NULL)
		return MHD_NO;
	c->http = h;
	h->connection = c;
	h->exchange.api = c->api;
	h->exchange.broker = c->api->broker;
	h->exchange.caller = &c->caller;
	h->exchange.http = h;
	http_receive(h, method, path);
	return h->dropped ? MHD_NO : MHD_YES;
}

/*
 * Once the body has failed, the rest of it is read and dropped: the library
 * takes an answer only before the body or behind it.
 */
static enum MHD_Result http_piece(struct http *h, const char *data, size_t len)
{
	struct exchange *x = &h->exchange;
	struct error e;

	h->received += len;
	if (!h->has_body || h->received > http_body_max(h))
		return MHD_NO;
	/* From this machine all of it comes at once, or never. */
	if (h->connection->api->port == 0)
		http_deadline(h->connection);
	if (x->failure.code == 0 && body_put(&h->body, slice_of(data, len),
					     &e) != 0)
		x->failure = e;
	if (h->digest != NULL && EVP_DigestUpdate(h->digest, data, len) != 1)
		error_set(&x->failure, ERR_CRYPTO, "the body has no digest");
	return MHD_YES;
}

/* All is there: the handler answers now or later. */
static enum MHD_Result http_complete(struct http *h)
{
	struct connection *c = h->connection;

	c->deadline_ns = 0;
	if (h->digest != NULL)
		h->exchange.digested = EVP_DigestFinal_ex(
			h->digest, h->exchange.digest, NULL) == 1;
	h->exchange.route->handle(&h->exchange);
	if (h->exchange.answered)
		return h->dropped ? MHD_NO : MHD_YES;
	if (c->gone && h->exchange.gone != NULL) {
		h->exchange.gone(&h->exchange);
		return MHD_NO;
	}
	h->suspended = true;
	MHD_suspend_connection(c->mhd);
	return MHD_YES;
}

static enum MHD_Result http_handler(void *arg, struct MHD_Connection *mhd,
				    const char *path, const char *method,
				    const char *version, const char *data,
				    size_t *len, void **state)
{
	struct http *h = *state;
	const union MHD_ConnectionInfo *info;

	if (h == NULL) {
		info = MHD_get_connection_info(
			mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
		return info->socket_context == NULL ? MHD_NO :
			http_begin(info->socket_context, method, path, state);
	}
	if (*len > 0) {
		size_t got = *len;

		*len = 0;
		return http_piece(h, data, got);
	}
	if (h->dropped)
		return MHD_NO;
	return h->exchange.answered ? MHD_YES : http_complete(h);
}

/* The exchange is over, sent or not. */
static void http_completed(void *arg, struct MHD_Connection *mhd,
			   void **state,
			   enum MHD_RequestTerminationCode why)
{
	struct http *h = *state;

	if (h == NULL)
		return;
	if (!h->exchange.answered && h->exchange.gone != NULL)
		h->exchange.gone(&h->exchange);
	if (h->exchange.waiting)
		broker_wait_cancel(h->exchange.broker, &h->exchange.waiter);
	if (h->exchange.stream != NULL)
		stream_completed(h->exchange.stream);
	h->connection->http = NULL;
	http_deadline(h->connection);
	if (h->exchange.body != NULL)
		body_fini(&h->body);
	EVP_MD_CTX_free(h->digest);
	request_unref(h->exchange.request);
	free(h);
	*state = NULL;
}

static void exchange_waited(struct broker_waiter *w)
{
	struct exchange *x = (struct exchange *)
		((char *)w - offsetof(struct exchange, waiter));
	void (*then)(struct exchange *x) = x->then;

	x->waiting = false;
	then(x);
}

bool exchange_wait(struct exchange *x, const char *uri, unsigned ms,
		   void (*then)(struct exchange *x))
{
	x->waiter.ready = exchange_waited;
	x->then = then;
	x->waiting = broker_wait(x->broker, &x->waiter, uri, ms);
	return x->waiting;
}

/* --- life --------------------------------------------------------------- */

static void http_run(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval now = { 0, 0 };
	struct api *api = arg;
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(api->mhd);
	/* No time-out of the library is set: 0 means that work is left.  Not
	 * in this turn: one fast upload must not keep the others waiting. */
	if (MHD_get_timeout(api->mhd, &ms) == MHD_YES && ms == 0)
		evtimer_add(api->again, &now);
}

/* Each takes a descriptor, and some are needed for all else. */
static unsigned http_connections(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur >= LIMIT_CONNECTIONS + HTTP_OTHER_FILES)
		return LIMIT_CONNECTIONS;
	return files.rlim_cur > 2 * HTTP_OTHER_FILES ?
		(unsigned)files.rlim_cur - HTTP_OTHER_FILES : HTTP_OTHER_FILES;
}

static int http_start(struct api *api, int fd, struct error *e)
{
	const unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO |
			       MHD_ALLOW_SUSPEND_RESUME |
			       /* The same bytes, always. */
			       (api->port == 0 ? 0 :
				MHD_USE_SUPPRESS_DATE_NO_CLOCK);
	const unsigned connections = api->port == 0 ? http_connections() :
						      LIMIT_PAGE_CONNECTIONS;

	api->mhd = MHD_start_daemon(
		flags, 0, NULL, NULL, http_handler, api,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, connections,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_CONNECTION_MEMORY,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_NOTIFY_COMPLETED, http_completed, api,
		MHD_OPTION_NOTIFY_CONNECTION, connection_notify, api,
		MHD_OPTION_END);
	if (api->mhd == NULL)
		return error_set(e, ERR_IO, "the HTTP server cannot start");
	return 0;
}

static int http_events(struct api *api, struct error *e)
{
	const struct timeval second = { 1, 0 };
	int fd = MHD_get_daemon_info(api->mhd, MHD_DAEMON_INFO_EPOLL_FD)->
		epoll_fd;

	api->run = event_new(api->base, fd, EV_READ | EV_PERSIST, http_run,
			     api);
	api->watch = event_new(api->base, api->watch_fd,
			       EV_READ | EV_PERSIST, connection_watched, api);
	api->tick = event_new(api->base, -1, EV_PERSIST, connection_tick,
			      api);
	api->again = evtimer_new(api->base, http_run, api);
	if (api->again == NULL || api->run == NULL || api->watch == NULL ||
	    api->tick == NULL ||
	    event_add(api->run, NULL) != 0 ||
	    event_add(api->watch, NULL) != 0 ||
	    event_add(api->tick, &second) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	/* Its first turn takes the listening socket into its epoll set. */
	http_kick(api);
	return 0;
}

int api_new(struct event_base *base, struct broker *broker, int fd,
	    unsigned port, struct api **out, struct error *e)
{
	struct api *api = calloc(1, sizeof(*api));
	int r;

	if (api == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for the API");
	api->base = base;
	api->broker = broker;
	api->port = port;
	api->idle_seconds = port == 0 ? LIMIT_IDLE_SECONDS :
					LIMIT_PAGE_IDLE_SECONDS;
	TAILQ_INIT(&api->connections);
	api->watch_fd = epoll_create1(EPOLL_CLOEXEC);
	r = api->watch_fd < 0 ? error_set_errno(e, ERR_IO, errno, "epoll") :
		http_start(api, fd, e);
	if (r == 0)
		r = http_events(api, e);
	if (r != 0) {
		api_free(api);
		return r;
	}
	*out = api;
	return 0;
}

void api_stop_listening(struct api *api)
{
	int fd = MHD_quiesce_daemon(api->mhd);

	if (fd >= 0)
		close(fd);
}

void api_free(struct api *api)
{
	struct connection *c;

	if (api == NULL)
		return;
	if (api->mhd != NULL) {
		/* The library must not be stopped with suspended ones. */
		TAILQ_FOREACH(c, &api->connections, entry)
			if (c->http != NULL && c->http->suspended)
				http_drop(c->http);
		MHD_run(api->mhd);
		MHD_stop_daemon(api->mhd);
	}
	if (api->run != NULL)
		event_free(api->run);
	if (api->again != NULL)
		event_free(api->again);
	if (api->watch != NULL)
		event_free(api->watch);
	if (api->tick != NULL)
		event_free(api->tick);
	fd_closep(&api->watch_fd);
	free(api);
}
