/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login: C_Login with the PIN of a pin-source file, and C_Logout.
 *
 * Runs in signet-worker.  One call of p11_login() is at most one C_Login, and
 * none at all where it is known before that it must fail or would put the
 * token's last try at risk: nobody is there to type the right PIN.
 */
#ifndef SIGNET_PKCS11_LOGIN_H
#define SIGNET_PKCS11_LOGIN_H

#include "pkcs11/token.h"

/*
 * Log the user in.  A token that asks for no login, and one where the user is
 * logged in, are fine.  ERR_PIN_SOURCE: the file cannot be used, the token
 * takes its PIN at a pad, or one try is left, which is kept for a person;
 * ERR_PIN_WRONG, ERR_PIN_LOCKED, ERR_PIN_LENGTH; else as ckr.def.
 */
int p11_login(struct p11_token *t, const char *pin_source, struct error *e)
	MUST_CHECK;

/* Log out; being logged out is fine.  Handles of private keys are forgotten. */
int p11_logout(struct p11_token *t, struct error *e) MUST_CHECK;

/*
 * The part without a call of the module: may a PIN of len bytes be tried on a
 * token with these flags and lengths (CK_TOKEN_INFO)?  Codes as above.
 */
int p11_login_allowed(const struct wire_token *info, size_t len,
		      struct error *e) MUST_CHECK;

/* Of these the length alone.  ERR_PIN_LENGTH. */
int p11_login_length(const struct wire_token *info, size_t len,
		     struct error *e) MUST_CHECK;

#endif
