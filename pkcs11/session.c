/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: the one session with each token, open from its first use on.
 */
#include "pkcs11/session.h"

#include "pkcs11/ckr.h"
#include "pkcs11/lock.h"
#include "pkcs11/quirk.h"

bool p11_session_ended(CK_RV rv)
{
	return rv == CKR_SESSION_HANDLE_INVALID || rv == CKR_SESSION_CLOSED;
}

int p11_session_open(struct p11_token *t, struct error *e)
{
	const struct p11_module *m = t->module;
	CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
	CK_RV rv;

	if (t->session != CK_INVALID_HANDLE)
		return 0;
	rv = p11_lock_and_open(t, 0, &session);
	if (rv == CKR_ARGUMENTS_BAD &&
	    (m->quirks & P11_QUIRK_FULL_IS_BAD_ARGUMENTS) != 0)
		rv = CKR_SESSION_COUNT;
	if (rv != CKR_OK)
		return p11_session_failed(t, "C_OpenSession", rv, e);
	if (session == CK_INVALID_HANDLE)
		return p11_ckr_lie(e, m->name, "C_OpenSession",
				   "a session without a handle");
	t->session = session;
	return 0;
}

void p11_session_lost(struct p11_token *t)
{
	t->session = CK_INVALID_HANDLE;
	t->logged_in = false;
	t->keys_loaded = false;
	p11_keys_fini(&t->keys);
}

void p11_session_close(struct p11_token *t)
{
	bool in = t->logged_in;

	if (t->session == CK_INVALID_HANDLE)
		return;
	t->module->p11->C_CloseSession(t->session);
	p11_session_lost(t);
	if (in)
		p11_lock_end();
}

int p11_session_failed(struct p11_token *t, const char *call, CK_RV rv,
		       struct error *e)
{
	const char *name = t->module->name;
	CK_TOKEN_INFO info;

	if (p11_session_ended(rv))
		p11_session_lost(t);
	if (rv == CKR_USER_NOT_LOGGED_IN)
		t->logged_in = false;
	if (rv == CKR_GENERAL_ERROR &&
	    t->module->p11->C_GetTokenInfo((CK_SLOT_ID)t->info.slot_id,
					   &info) != CKR_OK)
		return p11_ckr_set_code(e, ERR_TOKEN_GONE, name, call, rv);
	return p11_ckr_set(e, name, call, rv);
}
