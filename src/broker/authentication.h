/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authentication: a request that is a sign-in to a page.
 *
 * It goes the way of every request: policy, dialog, signature, check, record.
 * What is signed is made here (content/authentication.h) and never comes from
 * the caller.
 */
#ifndef SIGNET_BROKER_AUTHENTICATION_H
#define SIGNET_BROKER_AUTHENTICATION_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/origin.h"
#include "content/content.h"

struct error;
struct request;

/* RFC 5280 4.2.1.12: what a certificate has whose key signs in. */
#define AUTHENTICATION_USAGE "clientAuth"

/* What the answer says of itself, as Web eID has it. */
#define AUTHENTICATION_FORMAT "web-eid:1.0"
#define AUTHENTICATION_APP "https://web-eid.eu/web-eid-app/releases/2.0.0"

struct authentication {
	char origin[ORIGIN_SIZE];
	char nonce[LIMIT_CHALLENGE + 1];
	struct content_authentication content;
};

/*
 * Make r, which has no items yet, a sign-in to origin.  ERR_MALFORMED: one of
 * the two is too long; what else is wrong with them the content tells.
 */
int authentication_new(struct request *r, const char *origin,
		       const char *nonce, struct error *e) MUST_CHECK;
void authentication_free(struct authentication *a); /* NULL is allowed */

/*
 * The key: the one that r names, or of all that the policy would let r use, and
 * whose certificate is valid now, the first by its URI.  ERR_IMPOSSIBLE: its
 * certificate is not for signing in; ERR_NO_SUCH_KEY: there is none; else as
 * broker_find_key().
 */
int authentication_find_key(struct request *r, struct error *e) MUST_CHECK;

/* The algorithm of r is chosen.  ERR_IMPOSSIBLE: it has no hash. */
int authentication_prepare(struct request *r, struct error *e) MUST_CHECK;

#endif
