/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: the card's lock that a login holds (lock_login of opensc.conf(5)), and
 * how it ends.
 *
 * Runs in signet-worker.  Of a module that has loaded our provider
 * (provider/provider.h); with any other all of this does nothing.
 */
#ifndef SIGNET_PKCS11_LOCK_H
#define SIGNET_PKCS11_LOCK_H

#include <stdbool.h>

#include "base/secret.h"
#include "pkcs11/token.h"

/*
 * From now on, until one of the next two, the end of the lock resets the card.
 * To be called before whatever may log in: afterwards the lock can have ended.
 */
void p11_lock_login(void);

/* There was no login. */
void p11_lock_forget(void);

/* The login has ended: did the lock, too, and was the card reset then? */
bool p11_lock_was_reset(void);

/* C_Login as above; without a pin (NULL) at the pad. */
CK_RV p11_lock_and_login(const struct p11_token *t, CK_SESSION_HANDLE session,
			 CK_USER_TYPE user, const struct secret *pin);

#endif
