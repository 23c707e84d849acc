/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consent: a login for what a person has just approved, and its end.
 *
 * Runs in signet-worker, around the signatures of one request (sign.h).  A PIN
 * is given to the token once, and again only after the token has taken it; the
 * user is logged out whatever happens, unless the request says to stay.
 */
#ifndef SIGNET_PKCS11_CONSENT_H
#define SIGNET_PKCS11_CONSENT_H

#include "base/secret.h"
#include "pkcs11/token.h"
#include "wire/sign.h"

struct p11_consent {
	enum wire_login login; /* WIRE_LOGIN_NONE: nothing of this happens */
	bool in;	       /* logged in by us */
	bool stuck;	       /* an operation was begun and cannot be ended */
	unsigned used;	       /* CKU_CONTEXT_SPECIFIC logins so far */
	struct secret pin;     /* the one the token took last */
};

/*
 * What req->login asks for: a login that stands is ended, the PIN is read from
 * the socket of PREPARE, and C_Login is called once.  p11_consent_end() is to
 * follow in any case.  Not tried at all, with none of the PIN's tries spent:
 * ERR_DEADLINE; ERR_NO_SUCH_KEY; ERR_PIN_LOCKED, ERR_NOT_LOGGED_IN (no user
 * PIN is set) by the flags; as p11_pins_read(); ERR_PIN_LENGTH; ERR_IMPOSSIBLE:
 * the token has no pad.  Tried: ERR_PIN_WRONG, ERR_PIN_LOCKED; ERR_DECLINED at
 * the pad; ERR_TOKEN_BUSY; else as p11_session_failed().
 */
int p11_consent_begin(struct p11_consent *c, struct p11_token *t,
		      const struct wire_sign_req *req, struct error *e)
	MUST_CHECK;

/*
 * The login that a key with CKA_ALWAYS_AUTHENTICATE wants between C_SignInit
 * and C_Sign: with the PIN that was accepted for the first signature and with
 * WIRE_SIGN_REUSE, else with the next one.
 */
int p11_consent_context(struct p11_consent *c, struct p11_token *t,
			const struct wire_sign_req *req, struct error *e)
	MUST_CHECK;

/* Wipe the PIN and close its socket; log out unless keep. */
void p11_consent_end(struct p11_consent *c, struct p11_token *t, bool keep);

/*
 * Record that a login with a PIN was answered by rv (C_Login, C_SetPIN, ...):
 * as p11_session_failed(), and for a PIN that was wrong the flags are asked
 * anew and the message says what is left.  user: CKU_SO or any other.
 */
int p11_consent_failed(struct p11_token *t, CK_USER_TYPE user,
		       const char *call, CK_RV rv, struct error *e);

#endif
