/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: the card's lock that a login holds, and how it ends.
 */
#include "pkcs11/lock.h"

#include <dlfcn.h>

#include "pkcs11/provider/provider.h"

/* Set the state, where OpenSC has loaded it; what it was before. */
static enum provider_state lock_state(enum provider_state state)
{
	void *provider = dlopen(PROVIDER_NAME, RTLD_NOLOAD | RTLD_LAZY);
	enum provider_state was = PROVIDER_IDLE;
	atomic_int *at;

	if (provider == NULL)
		return was;
	at = dlsym(provider, PROVIDER_STATE);
	if (at != NULL)
		was = (enum provider_state)atomic_exchange(at, (int)state);
	dlclose(provider);
	return was;
}

void p11_lock_login(void)
{
	lock_state(PROVIDER_LOGIN);
}

void p11_lock_forget(void)
{
	lock_state(PROVIDER_IDLE);
}

bool p11_lock_was_reset(void)
{
	return lock_state(PROVIDER_IDLE) == PROVIDER_RESET;
}

CK_RV p11_lock_and_login(const struct p11_token *t, CK_SESSION_HANDLE session,
			 CK_USER_TYPE user, const struct secret *pin)
{
	CK_RV rv;

	p11_lock_login();
	rv = t->module->p11->C_Login(session, user,
				     pin == NULL ? NULL : pin->ptr,
				     pin == NULL ? 0 : (CK_ULONG)pin->len);
	/* A key's own PIN is asked for within a login. */
	if (rv != CKR_OK && user != CKU_CONTEXT_SPECIFIC)
		p11_lock_forget();
	return rv;
}
