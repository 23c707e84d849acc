/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: requests of pages over the loopback.
 */
#include "api/page.h"

#include <stdio.h>
#include <string.h>

#include "api/route.h"

/* Seconds for which a browser need not ask again. */
#define PAGE_MAX_AGE "600"

static bool page_host(const struct http *h)
{
	static const char *const names[] = { "127.0.0.1", "[::1]",
					     "localhost" };
	const char *host = exchange_header(&h->exchange, "Host");
	char wanted[32];

	for (size_t i = 0; h->fields.hosts == 1 && i < ARRAY_LEN(names); i++) {
		snprintf(wanted, sizeof(wanted), "%s:%u", names[i],
			 h->connection->api->port);
		if (host != NULL && strcmp(host, wanted) == 0)
			return true;
	}
	return false;
}

/* A target in absolute form names a host, too: there are none. */
void page_identify(struct http *h, const char *path)
{
	struct caller *c = &h->connection->caller;
	const char *origin = exchange_header(&h->exchange, "Origin");

	h->page = GATE_STRANGER;
	if (path[0] == '/' && page_host(h) && h->fields.origins == 1 &&
	    origin != NULL)
		h->page = gate_page(h->connection->api->broker, c->uid,
				    origin);
	snprintf(c->origin, sizeof(c->origin), "%s",
		 h->page == GATE_STRANGER ? "null" : origin);
}

bool page_preflights(struct http *h, const char *method, const char *path)
{
	if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) != 0)
		return false;
	if (exchange_header(&h->exchange, "Access-Control-Request-Method") ==
		    NULL || h->page == GATE_STRANGER ||
	    (h->page == GATE_CANDIDATE && !route_for_candidates(path)))
		http_forbid(h);
	else
		http_nothing(h, MHD_HTTP_NO_CONTENT);
	return true;
}

int page_check(struct http *h, struct error *e)
{
	const struct route *route = h->exchange.route;
	const char *type = exchange_header(&h->exchange, "Content-Type");

	/* GET /hello is what a browser may send unasked. */
	if ((route->whose != ROUTE_CANDIDATES || route->body) &&
	    h->fields.clients != 1)
		return error_set(e, ERR_MALFORMED, "send the field"
				 " Signet-Client with the name of your page's"
				 " script");
	if (route->body && (type == NULL ||
			    strcasecmp(type, "application/json") != 0))
		return error_set(e, ERR_MEDIA_TYPE, "send Content-Type:"
				 " application/json, without parameters");
	return 0;
}

static void page_share_preflight(const struct http *h,
				 struct MHD_Response *response)
{
	const char *network = exchange_header(
		&h->exchange, "Access-Control-Request-Private-Network");

	MHD_add_response_header(response, "Access-Control-Allow-Methods",
				"GET, POST, DELETE");
	MHD_add_response_header(response, "Access-Control-Allow-Headers",
				"Content-Type, Signet-Client, Idempotency-Key,"
				" Prefer, Last-Event-ID");
	MHD_add_response_header(response, "Access-Control-Max-Age",
				PAGE_MAX_AGE);
	/* Chrome 98 to 141; later ones ask the user, and no header. */
	if (network != NULL && strcmp(network, "true") == 0)
		MHD_add_response_header(
			response, "Access-Control-Allow-Private-Network",
			"true");
}

void page_share(const struct http *h, struct MHD_Response *response)
{
	if (h->connection->api->port == 0 || h->page == GATE_STRANGER)
		return;
	MHD_add_response_header(response, "Access-Control-Allow-Origin",
				h->connection->caller.origin);
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Origin");
	MHD_add_response_header(response, "X-Content-Type-Options",
				"nosniff");
	MHD_add_response_header(response, "Access-Control-Expose-Headers",
				"Location, Retry-After");
	if (exchange_header(&h->exchange, "Access-Control-Request-Method") !=
	    NULL)
		page_share_preflight(h, response);
}
