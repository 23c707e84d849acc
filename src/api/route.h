/* SPDX-License-Identifier: Apache-2.0 */
/*
 * route: which handler serves which method and path.
 */
#ifndef SIGNET_API_ROUTE_H
#define SIGNET_API_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct error;
struct exchange;

/* Who may use a route; each includes those before. */
enum route_for {
	ROUTE_PROGRAMS,
	ROUTE_PAGES,	  /* those that are allowed */
	ROUTE_CANDIDATES, /* those that ask to be */
};

struct route {
	const char *method;
	const char *path; /* "{id}" stands for one part */
	void (*handle)(struct exchange *x);
	bool body;	  /* takes a JSON body */
	const char *const *query; /* arguments it takes, to NULL; or NULL */
	enum route_for whose;
};

/*
 * The route of a request; the part that stands for {id} into argument[size].
 * ERR_NO_SUCH_ROUTE, or ERR_METHOD when the path has other methods.
 */
int route_find(const char *method, const char *path, const struct route **out,
	       char *argument, size_t size, struct error *e) MUST_CHECK;

/* Is there anything at this path for pages that are not allowed yet? */
bool route_for_candidates(const char *path);

/* Handlers, one file each. */
void api_hello_get(struct exchange *x);
void api_status_get(struct exchange *x);
void api_health_get(struct exchange *x);
void api_metrics_get(struct exchange *x);
void api_tokens_get(struct exchange *x);
void api_keys_get(struct exchange *x);
void api_events_get(struct exchange *x);
void api_evidence_list(struct exchange *x);
void api_evidence_get(struct exchange *x);
void api_origins_get(struct exchange *x);
void api_origins_post(struct exchange *x);
void api_origins_delete(struct exchange *x);
void api_authentications_post(struct exchange *x);
void api_pin_operations_post(struct exchange *x);
void api_key_operations_post(struct exchange *x);
void api_signatures_post(struct exchange *x);
void api_signature_get(struct exchange *x);
void api_signature_delete(struct exchange *x);

#endif
