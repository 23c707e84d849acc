/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authentications: POST /v1/authentications, a sign-in to a page.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "api/exchange.h"
#include "api/members.h"
#include "api/route.h"
#include "api/signatures.h"
#include "broker/authentication.h"

/* A page signs in to itself; a program says to whom. */
static int choose_origin(const struct exchange *x, const char *given,
			 const char **out, struct error *e)
{
	const char *page = x->caller->origin;

	*out = page[0] == '\0' ? given : page;
	if (*out == NULL)
		return error_set(e, ERR_MALFORMED, "origin is missing: a"
				 " program says which page it signs in to");
	if (given == NULL || strcmp(given, *out) == 0)
		return 0;
	return error_set(e, ERR_MALFORMED, "a page signs in to itself, which"
			 " is %s: leave origin out", page);
}

static int take_text(char *out, size_t size, const char *name,
		     const char *value, struct error *e)
{
	if (value != NULL && strlen(value) >= size)
		return error_set(e, ERR_MALFORMED, "%s has at most %zu bytes",
				 name, size - 1);
	snprintf(out, size, "%s", value == NULL ? "" : value);
	return 0;
}

static int take_members(struct exchange *x, json_t *root, struct error *e)
{
	const char *nonce, *key = NULL, *algorithm = NULL, *origin = NULL;
	struct request *r = x->request;
	const struct member members[] = {
		{ "challenge_nonce", .text = &nonce, .required = true },
		{ "key", .text = &key },
		{ "algorithm", .text = &algorithm },
		{ "origin", .text = &origin },
	};
	int failed = members_read(root, "the request", members,
				  ARRAY_LEN(members), e);

	if (failed == 0)
		failed = choose_origin(x, origin, &origin, e);
	if (failed == 0)
		failed = take_text(r->key_uri, sizeof(r->key_uri), "key", key,
				   e);
	if (failed == 0)
		failed = take_text(r->algorithm, sizeof(r->algorithm),
				   "algorithm", algorithm, e);
	return failed != 0 ? failed : authentication_new(r, origin, nonce, e);
}

static int parse(struct exchange *x, struct error *e)
{
	json_auto_t *root = NULL;
	int failed = exchange_json(x, &root, e);

	if (failed != 0)
		return failed;
	failed = take_members(x, root, e);
	return failed != 0 ? failed : signatures_idempotent(x, e);
}

void api_authentications_post(struct exchange *x)
{
	struct error e;

	if (parse(x, &e) != 0)
		exchange_refuse(x, &e, NULL);
	else
		signatures_go(x);
}
