/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hello: GET /hello, which tells nothing.
 *
 * A page asks for it so that the browser asks its user whether the page may
 * speak to programs of this computer, before there is anything to lose.
 */
#include "api/http.h"
#include "api/route.h"

void api_hello_get(struct exchange *x)
{
	http_nothing(x->http);
}
