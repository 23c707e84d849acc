/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: requests of pages over the loopback.
 *
 * Whoever can make a browser send something to this port is kept out by what
 * a page cannot choose: Host (against DNS rebinding) and Origin; and by what it
 * can send to another origin only after a preflight request: Content-Type
 * application/json, and the field Signet-Client.  (Fetch Standard, "CORS
 * protocol"; docs/policy.md, "Pages".)
 */
#ifndef SIGNET_API_PAGE_H
#define SIGNET_API_PAGE_H

#include "api/http.h"

/* Which page is it?  Into h->page and the caller's origin. */
void page_identify(struct http *h, const char *path);

/* Is it a preflight request?  Those of pages that may go on are answered. */
bool page_preflights(struct http *h, const char *method, const char *path);

/* What a request of an allowed page lacks.  ERR_MALFORMED, ERR_MEDIA_TYPE. */
int page_check(struct http *h, struct error *e) MUST_CHECK;

/* Let the page read this answer, and no other page. */
void page_share(const struct http *h, struct MHD_Response *response);

#endif
