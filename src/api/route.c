/* SPDX-License-Identifier: Apache-2.0 */
/*
 * route: which handler serves which method and path.
 */
#include "api/route.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

static const char *const tokens_query[] = { "uninitialized", NULL };
static const char *const keys_query[] = { "token", "issuer", "purpose", NULL };
static const char *const events_query[] = { "types", NULL };
static const char *const evidence_query[] = { "after", NULL };
static const char *const origins_query[] = { "origin", NULL };

/* docs/api/openapi.yaml says the same; a lint compares them. */
static const struct route routes[] = {
	{ "GET", "/hello", api_hello_get, false, NULL, ROUTE_CANDIDATES },
	{ "GET", "/v1/status", api_status_get, false, NULL, ROUTE_PAGES },
	{ "GET", "/v1/health", api_health_get, false, NULL, ROUTE_PROGRAMS },
	{ "GET", "/v1/tokens", api_tokens_get, false, tokens_query,
	  ROUTE_PAGES },
	{ "GET", "/v1/keys", api_keys_get, false, keys_query, ROUTE_PAGES },
	{ "GET", "/metrics", api_metrics_get, false, NULL, ROUTE_PROGRAMS },
	{ "GET", "/v1/events", api_events_get, false, events_query,
	  ROUTE_PAGES },
	{ "GET", "/v1/evidence", api_evidence_list, false, evidence_query,
	  ROUTE_PAGES },
	{ "GET", "/v1/evidence/{seq}", api_evidence_get, false, NULL,
	  ROUTE_PAGES },
	{ "GET", "/v1/origins", api_origins_get, false, NULL, ROUTE_PROGRAMS },
	{ "POST", "/v1/origins", api_origins_post, true, NULL,
	  ROUTE_CANDIDATES },
	{ "DELETE", "/v1/origins", api_origins_delete, false, origins_query,
	  ROUTE_PROGRAMS },
	{ "POST", "/v1/signatures", api_signatures_post, true, NULL,
	  ROUTE_PAGES },
	{ "POST", "/v1/authentications", api_authentications_post, true, NULL,
	  ROUTE_PAGES },
	{ "POST", "/v1/pin-operations", api_pin_operations_post, true, NULL,
	  ROUTE_PROGRAMS },
	{ "POST", "/v1/key-operations", api_key_operations_post, true, NULL,
	  ROUTE_PROGRAMS },
	{ "GET", "/v1/signatures/{id}", api_signature_get, false, NULL,
	  ROUTE_PAGES },
	{ "DELETE", "/v1/signatures/{id}", api_signature_delete, false, NULL,
	  ROUTE_PAGES },
};

static bool route_matches(const struct route *r, const char *path,
			  char *argument, size_t size)
{
	const char *brace = strchr(r->path, '{');
	size_t head, rest;

	if (brace == NULL)
		return strcmp(r->path, path) == 0;
	head = (size_t)(brace - r->path);
	if (strncmp(r->path, path, head) != 0)
		return false;
	rest = strlen(path + head);
	if (rest == 0 || rest >= size || strchr(path + head, '/') != NULL)
		return false;
	snprintf(argument, size, "%s", path + head);
	return true;
}

bool route_for_candidates(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++)
		if (routes[i].whose == ROUTE_CANDIDATES &&
		    strcmp(routes[i].path, path) == 0)
			return true;
	return false;
}

int route_find(const char *method, const char *path, const struct route **out,
	       char *argument, size_t size, struct error *e)
{
	bool path_known = false;

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		if (!route_matches(&routes[i], path, argument, size))
			continue;
		path_known = true;
		if (strcmp(routes[i].method, method) == 0) {
			*out = &routes[i];
			return 0;
		}
	}
	if (path_known)
		return error_set(e, ERR_METHOD, "%s is not for %s", path,
				 method);
	return error_set(e, ERR_NO_SUCH_ROUTE,
			 "%s is not part of this API; it begins at /v1/status",
			 path);
}
