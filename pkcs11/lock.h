/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: a card that is nobody else's as long as somebody is logged in.
 *
 * Runs in signet-worker.  Of the card of a reader (HELLO) with a module that
 * reaches PC/SC through ours (provider/provider.h); without, nothing of this
 * does anything.
 */
#ifndef SIGNET_PKCS11_LOCK_H
#define SIGNET_PKCS11_LOCK_H

#include "base/secret.h"
#include "pkcs11/token.h"

/*
 * From now on the card stays ours.  To be called before whatever may log in:
 * afterwards it can be too late.  False: it was ours already, by a login that
 * is kept, or cannot be.
 */
bool p11_lock_login(const struct p11_token *t);

/*
 * The login has ended, or there was none: the card is reset, and then others
 * may have it.  False: it was not, since it was not ours, or cannot be.
 */
bool p11_lock_end(void);

/*
 * C_OpenSession.  ykpiv (2.2) keeps the PIN of the last login, and presents it
 * by itself when it finds the card reset, which is here: a login, too.
 */
CK_RV p11_lock_and_open(const struct p11_token *t, CK_FLAGS flags,
			CK_SESSION_HANDLE *session);

/*
 * C_Login as above; no pin (NULL): at the pad.  One that fails ends what it
 * began, and no login before it.
 */
CK_RV p11_lock_and_login(const struct p11_token *t, CK_SESSION_HANDLE session,
			 CK_USER_TYPE user, const struct secret *pin);

#endif
