/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: signatures by one key of a token.
 *
 * Runs in signet-worker.  C_SignInit and one C_Sign with a buffer that is
 * always there: asking for the length first can spend the login of a key.
 */
#ifndef SIGNET_PKCS11_SIGN_H
#define SIGNET_PKCS11_SIGN_H

#include "pkcs11/consent.h"
#include "pkcs11/token.h"
#include "wire/sign.h"

/*
 * Sign one item of a request, within its consent.  The signature lies in
 * out[LIMIT_SIGNATURE], its length in *len.  Nothing is tried again once C_Sign
 * was called.
 *
 * ERR_DEADLINE: it had passed before the module was called; ERR_NO_SUCH_KEY;
 * ERR_IMPOSSIBLE: not with this key; ERR_NOT_LOGGED_IN, also for a key that
 * asks for its PIN every time when the request has no login; as
 * p11_consent_context() for one where it has; ERR_MODULE: a length that cannot
 * be; else as p11_session_failed().
 */
int p11_sign(struct p11_token *t, const struct wire_sign_req *req,
	     const struct wire_sign_item *item, struct p11_consent *consent,
	     uint8_t *out, size_t *len, struct error *e) MUST_CHECK;

/*
 * The part without a call of the module: does mechanism, hash and length of
 * data go with the key?  ERR_IMPOSSIBLE.
 */
int p11_sign_allowed(const struct p11_public *key,
		     const struct wire_sign_item *item, struct error *e)
	MUST_CHECK;

/* Bytes of every signature by the key (RFC 8017 8, PKCS#11 2.3.1, RFC 8032). */
size_t p11_sign_length(const struct p11_public *key);

#endif
