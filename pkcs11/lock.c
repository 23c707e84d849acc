/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: a card that is nobody else's as long as somebody is logged in.
 */
#include "pkcs11/lock.h"

#include "pkcs11/provider/provider.h"

/* Was there a login in the life of this process? */
static bool lock_used;

bool p11_lock_login(const struct p11_token *t)
{
	/* Of several cards one cannot be told from another here. */
	if (!t->module->one_reader)
		return false;
	lock_used = true;
	return provider_hold();
}

bool p11_lock_end(void)
{
	return provider_release();
}

CK_RV p11_lock_and_open(const struct p11_token *t, CK_FLAGS flags,
			CK_SESSION_HANDLE *session)
{
	bool ours = lock_used && provider_hold();
	CK_RV rv = t->module->p11->C_OpenSession((CK_SLOT_ID)t->info.slot_id,
						 CKF_SERIAL_SESSION | flags,
						 NULL, NULL, session);

	if (ours)
		p11_lock_end();
	return rv;
}

CK_RV p11_lock_and_login(const struct p11_token *t, CK_SESSION_HANDLE session,
			 CK_USER_TYPE user, const struct secret *pin)
{
	bool ours = p11_lock_login(t);
	CK_RV rv = t->module->p11->C_Login(session, user,
					   pin == NULL ? NULL : pin->ptr,
					   pin == NULL ? 0 :
					   (CK_ULONG)pin->len);

	if (rv != CKR_OK && ours)
		p11_lock_end();
	return rv;
}
