/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authentication: a sign-in: the origin of a page, and the nonce of its server,
 * bound to each other as Web eID (format web-eid:1.0) does it.
 */
#ifndef SIGNET_CONTENT_AUTHENTICATION_H
#define SIGNET_CONTENT_AUTHENTICATION_H

#include "content/content.h"

/*
 * Lines "sign-in" and "nonce"; what is to be signed is H(origin) || H(nonce),
 * of the texts as they are.  ERR_CONTENT: the origin is not written as browsers
 * do, the nonce is not of LIMIT_CHALLENGE_LEAST to LIMIT_CHALLENGE visible
 * ASCII characters; ERR_CRYPTO.
 */
int content_authentication_read(struct content *c,
				const struct content_input *in,
				struct error *e) MUST_CHECK;

/* Data, or a digest, that says it is one: ERR_CONTENT, always. */
int content_authentication_refuse(struct error *e) MUST_CHECK;

#endif
