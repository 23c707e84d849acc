/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: a card that is nobody else's as long as somebody is logged in.
 */
#include "pkcs11/lock.h"

#include "pkcs11/provider/provider.h"

void p11_lock_login(const struct p11_token *t)
{
	/* Of several cards one cannot be told from another here. */
	if (t->module->one_reader)
		provider_hold();
}

bool p11_lock_end(void)
{
	return provider_release();
}

CK_RV p11_lock_and_login(const struct p11_token *t, CK_SESSION_HANDLE session,
			 CK_USER_TYPE user, const struct secret *pin)
{
	CK_RV rv;

	p11_lock_login(t);
	rv = t->module->p11->C_Login(session, user,
				     pin == NULL ? NULL : pin->ptr,
				     pin == NULL ? 0 : (CK_ULONG)pin->len);
	/* A key's own PIN is asked for within a login. */
	if (rv != CKR_OK && user != CKU_CONTEXT_SPECIFIC)
		p11_lock_end();
	return rv;
}
