/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare: a token made ready for the PINs of a person.
 */
#include "pkcs11/prepare.h"

#include "base/fd.h"
#include "pkcs11/login.h"
#include "pkcs11/pins.h"
#include "pkcs11/session.h"

/* Is somebody logged in, whoever that is? */
static int prepare_state(struct p11_token *t, bool *in, struct error *e)
{
	CK_SESSION_INFO info = { .state = CKS_RO_PUBLIC_SESSION };
	CK_RV rv = t->module->p11->C_GetSessionInfo(t->session, &info);

	if (rv != CKR_OK)
		return p11_session_failed(t, "C_GetSessionInfo", rv, e);
	*in = info.state == CKS_RO_USER_FUNCTIONS ||
	      info.state == CKS_RW_USER_FUNCTIONS ||
	      info.state == CKS_RW_SO_FUNCTIONS;
	return 0;
}

/* A session that ended meanwhile is no failure: there is no login in it. */
static int prepare_session(struct p11_token *t, bool *in, struct error *e)
{
	int r = p11_session_open(t, e);

	if (r == 0)
		r = prepare_state(t, in, e);
	if (r == 0 || t->session != CK_INVALID_HANDLE)
		return r;
	r = p11_session_open(t, e);
	return r != 0 ? r : prepare_state(t, in, e);
}

static int prepare_login(struct p11_token *t, struct error *e)
{
	bool in = false;
	int r = prepare_session(t, &in, e);

	if (r != 0 || (in && t->logged_in))
		return r;
	if (!in) {
		if (t->logged_in)
			p11_keys_forget(&t->keys);
		t->logged_in = false;
		return 0;
	}
	r = p11_logout(t, e);
	if (r == 0)
		r = prepare_state(t, &in, e);
	if (r == 0 && in)
		r = error_set(e, ERR_TOKEN_BUSY, "%s: token %s: another "
			      "program is logged in; close it",
			      t->module->name, t->info.label);
	return r;
}

int p11_prepare(struct p11_token *t, int *fd, struct wire_prepare_rep *rep,
		struct error *e)
{
	int r;

	p11_pins_drop(t);
	r = p11_token_refresh(t, e);
	if (r == 0 && (t->info.flags & CKF_TOKEN_INITIALIZED) != 0)
		r = prepare_login(t, e);
	if (r != 0)
		return r;
	if (*fd >= 0)
		p11_pins_set(t, fd_take(fd));
	rep->token = t->info;
	rep->logged_in = t->logged_in;
	return 0;
}
