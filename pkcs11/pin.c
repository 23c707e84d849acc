/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: change a PIN, unblock a token, initialise one.
 */
#include "pkcs11/pin.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "pkcs11/ckr.h"
#include "pkcs11/consent.h"
#include "pkcs11/lock.h"
#include "pkcs11/login.h"
#include "pkcs11/pins.h"
#include "pkcs11/session.h"

/* Both are empty, without a page, where they are typed at the pad. */
struct pin_pair {
	struct secret known; /* the old PIN; the SO-PIN or PUK */
	struct secret fresh; /* the new user PIN */
};

static void pin_pair_fini(struct pin_pair *p)
{
	secret_fini(&p->known);
	secret_fini(&p->fresh);
}

static bool pin_by_puk(const struct wire_pin_req *req)
{
	return (req->flags & WIRE_PIN_SETS_BY_PUK) != 0;
}

static int pin_functions(const struct p11_token *t,
			 const struct wire_pin_req *req, struct error *e)
{
	const CK_FUNCTION_LIST *f = t->module->p11;
	bool set = req->op == WIRE_PIN_CHANGE ||
		   (req->op == WIRE_PIN_UNBLOCK && pin_by_puk(req));
	bool has = set ? f->C_SetPIN != NULL :
		   f->C_InitPIN != NULL && (req->op != WIRE_PIN_INIT ||
		   (f->C_InitToken != NULL && f->C_CloseAllSessions != NULL));

	if (has)
		return 0;
	return error_set(e, ERR_UNSUPPORTED, "%s: the module cannot do this; "
			 "use the program of the token's maker",
			 t->module->name);
}

static int pin_allowed(const struct wire_token *info,
		       const struct wire_pin_req *req, struct error *e)
{
	uint64_t locked = req->op == WIRE_PIN_CHANGE ? CKF_USER_PIN_LOCKED :
						       CKF_SO_PIN_LOCKED;
	bool made = (info->flags & CKF_TOKEN_INITIALIZED) != 0;

	if (made && (info->flags & locked) != 0)
		return error_set(e, ERR_PIN_LOCKED, "token %s: %s", info->label,
				 req->op == WIRE_PIN_CHANGE ?
				 "its PIN is locked; unblock it with the PUK" :
				 "its PUK is locked; ask the issuer");
	if (!made && req->op != WIRE_PIN_INIT)
		return error_set(e, ERR_IMPOSSIBLE, "the token in %s is not "
				 "initialised yet", info->slot);
	if (req->login == WIRE_LOGIN_PAD &&
	    (info->flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
		return error_set(e, ERR_IMPOSSIBLE, "token %s: its reader has "
				 "no pad for a PIN", info->label);
	return 0;
}

/* The lengths of CK_TOKEN_INFO are those of the user PIN; a PUK has its own. */
static int pin_read(struct p11_token *t, enum wire_pin_op op,
		    struct pin_pair *p, struct error *e)
{
	int64_t until = clock_mono_ns() + LIMIT_DEADLINE_MS * CLOCK_NS_PER_MS;
	int r = secret_init(&p->known, e);

	if (r == 0)
		r = secret_init(&p->fresh, e);
	if (r == 0)
		r = p11_pins_read(t, until, &p->known, e);
	if (r == 0)
		r = p11_pins_read(t, until, &p->fresh, e);
	if (r == 0 && op == WIRE_PIN_CHANGE)
		r = p11_login_length(&t->info, p->known.len, e);
	return r != 0 ? r : p11_login_length(&t->info, p->fresh.len, e);
}

static int pin_open(const struct p11_token *t, CK_SESSION_HANDLE *session,
		    struct error *e)
{
	CK_RV rv = p11_lock_and_open(t, CKF_RW_SESSION, session);

	if (rv == CKR_OK)
		return 0;
	return p11_ckr_set(e, t->module->name, "C_OpenSession", rv);
}

static int pin_refused(struct p11_token *t, CK_USER_TYPE user,
		       const char *call, CK_RV rv, struct error *e)
{
	int r;

	if (rv == CKR_FUNCTION_CANCELED || rv == CKR_CANCEL)
		return p11_ckr_set_code(e, ERR_DECLINED, t->module->name, call,
					rv);
	/* Of the new PIN: no try is spent. */
	if (rv == CKR_PIN_INVALID)
		return p11_ckr_set_code(e, ERR_PIN_LENGTH, t->module->name,
					call, rv);
	r = p11_consent_failed(t, user, call, rv, e);
	if (user == CKU_SO && r == ERR_PIN_LOCKED) {
		error_set(e, r, "token %s: its PUK is locked; ask the issuer",
			  t->info.label);
		e->ckr = rv;
	}
	return r;
}

/* Nobody knows whether somebody was logged in before, with another PIN. */
static int pin_login(struct p11_token *t, CK_SESSION_HANDLE session,
		     CK_USER_TYPE user, const struct pin_pair *p,
		     struct error *e)
{
	CK_RV rv = p11_lock_and_login(t, session, user, &p->known);

	if (rv == CKR_USER_ALREADY_LOGGED_IN)
		return p11_ckr_set_code(e, ERR_TOKEN_BUSY, t->module->name,
					"C_Login", rv);
	if (rv != CKR_OK)
		return pin_refused(t, user, "C_Login", rv, e);
	t->entered = true;
	return 0;
}

static int pin_set(struct p11_token *t, CK_SESSION_HANDLE session,
		   CK_USER_TYPE user, const struct pin_pair *p,
		   struct error *e)
{
	bool ours = p11_lock_login(t);
	CK_RV rv = t->module->p11->C_SetPIN(session, p->known.ptr,
					    (CK_ULONG)p->known.len,
					    p->fresh.ptr,
					    (CK_ULONG)p->fresh.len);

	if (rv == CKR_OK)
		return 0;
	if (ours)
		p11_lock_end();
	return pin_refused(t, user, "C_SetPIN", rv, e);
}

static int pin_change(struct p11_token *t, CK_SESSION_HANDLE session,
		      const struct wire_pin_req *req,
		      const struct pin_pair *p, struct error *e)
{
	int r;

	if (!pin_by_puk(req))
		return pin_set(t, session, CKU_USER, p, e);
	r = pin_login(t, session, CKU_USER, p, e);
	if (r != 0)
		return r;
	r = pin_set(t, session, CKU_USER, p, e);
	t->module->p11->C_Logout(session);
	return r;
}

static int pin_unblock(struct p11_token *t, CK_SESSION_HANDLE session,
		       const struct wire_pin_req *req,
		       const struct pin_pair *p, struct error *e)
{
	const CK_FUNCTION_LIST *f = t->module->p11;
	CK_RV rv;
	int r;

	if (pin_by_puk(req))
		return pin_set(t, session, CKU_SO, p, e);
	r = pin_login(t, session, CKU_SO, p, e);
	if (r != 0)
		return r;
	rv = f->C_InitPIN(session, p->fresh.ptr, (CK_ULONG)p->fresh.len);
	f->C_Logout(session);
	return rv == CKR_OK ? 0 : pin_refused(t, CKU_SO, "C_InitPIN", rv, e);
}

/* Change or unblock, in a session of its own. */
static int pin_in_session(struct p11_token *t, const struct wire_pin_req *req,
			  const struct pin_pair *p, struct error *e)
{
	CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
	int r = pin_open(t, &session, e);

	if (r != 0)
		return r;
	r = req->op == WIRE_PIN_CHANGE ? pin_change(t, session, req, p, e) :
		pin_unblock(t, session, req, p, e);
	t->module->p11->C_CloseSession(session);
	return r;
}

static int pin_initialise(struct p11_token *t, const struct wire_pin_req *req,
			  const struct pin_pair *p, struct error *e)
{
	const CK_FUNCTION_LIST *f = t->module->p11;
	CK_SLOT_ID slot = (CK_SLOT_ID)t->info.slot_id;
	CK_UTF8CHAR padded[WIRE_PIN_LABEL];
	CK_RV rv;
	int r;

	memset(padded, ' ', sizeof(padded));
	memcpy(padded, req->label, strnlen(req->label, sizeof(padded)));
	f->C_CloseAllSessions(slot);
	rv = f->C_InitToken(slot, p->known.ptr, (CK_ULONG)p->known.len,
			    padded);
	if (rv != CKR_OK)
		return pin_refused(t, CKU_SO, "C_InitToken", rv, e);
	r = p11_token_renew(t, e);
	return r != 0 ? r : pin_in_session(t, req, p, e);
}

static int pin_do(struct p11_token *t, const struct wire_pin_req *req,
		  struct error *e)
{
	AUTO(pin_pair_fini) struct pin_pair p = { .known = { .ptr = NULL } };
	int r = req->login == WIRE_LOGIN_PIN ? pin_read(t, req->op, &p, e) : 0;

	if (r != 0)
		return r;
	p11_session_close(t);
	return req->op == WIRE_PIN_INIT ? pin_initialise(t, req, &p, e) :
		pin_in_session(t, req, &p, e);
}

int p11_pin(struct p11_token *t, const struct wire_pin_req *req,
	    struct wire_pin_rep *rep, struct error *e)
{
	int r = p11_token_refresh(t, e);

	if (r == 0)
		r = pin_functions(t, req, e);
	if (r == 0)
		r = pin_allowed(&t->info, req, e);
	if (r == 0)
		r = pin_do(t, req, e);
	p11_pins_drop(t);
	if (r == 0)
		r = p11_token_renew(t, e);
	if (r == 0)
		rep->token = t->info;
	return r;
}
