/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hello: GET /hello, which tells a page if it is allowed, and nothing else.
 *
 * A page asks for it so that the browser asks its user whether the page may
 * speak to programs of this computer, before there is anything to lose.
 */
#include "api/http.h"
#include "api/route.h"

void api_hello_get(struct exchange *x)
{
	struct http *h = x->http;

	http_nothing(h, h->page == GATE_CANDIDATE ? MHD_HTTP_ACCEPTED :
						    MHD_HTTP_NO_CONTENT);
}
