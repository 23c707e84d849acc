/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consent: a login for what a person has just approved, and its end.
 */
#include "pkcs11/consent.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "pkcs11/ckr.h"
#include "pkcs11/lock.h"
#include "pkcs11/login.h"
#include "pkcs11/pins.h"
#include "pkcs11/session.h"

/* CK_TOKEN_INFO after a wrong PIN, the worst first. */
static const struct {
	uint64_t user, so;
	const char *text;
} left[] = {
	{ CKF_USER_PIN_LOCKED, CKF_SO_PIN_LOCKED, "the PIN is locked now" },
	{ CKF_USER_PIN_FINAL_TRY, CKF_SO_PIN_FINAL_TRY,
	  "one try is left, and then the PIN is locked" },
	{ CKF_USER_PIN_COUNT_LOW, CKF_SO_PIN_COUNT_LOW, "few tries are left" },
};

int p11_consent_failed(struct p11_token *t, CK_USER_TYPE user,
		       const char *call, CK_RV rv, struct error *e)
{
	int r = p11_session_failed(t, call, rv, e);
	uint64_t mask;
	size_t len;

	if (r != ERR_PIN_WRONG && r != ERR_PIN_LOCKED)
		return r;
	p11_token_reflag(t);
	for (size_t i = 0; i < ARRAY_LEN(left) && e != NULL; i++) {
		mask = user == CKU_SO ? left[i].so : left[i].user;
		if ((t->info.flags & mask) == 0)
			continue;
		len = strlen(e->message);
		snprintf(e->message + len, sizeof(e->message) - len, "; %s",
			 left[i].text);
		break;
	}
	return r;
}

static int consent_allowed(const struct wire_token *info,
			   enum wire_login login, struct error *e)
{
	if ((info->flags & CKF_USER_PIN_LOCKED) != 0)
		return error_set(e, ERR_PIN_LOCKED, "token %s: its PIN is "
				 "locked; unblock it with the PUK or ask the "
				 "issuer", info->label);
	if ((info->flags & CKF_USER_PIN_INITIALIZED) == 0)
		return error_set(e, ERR_NOT_LOGGED_IN, "token %s: it has no "
				 "user PIN yet; set one", info->label);
	if (login == WIRE_LOGIN_PAD &&
	    (info->flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
		return error_set(e, ERR_IMPOSSIBLE, "token %s: its reader has "
				 "no pad for a PIN", info->label);
	return 0;
}

/* A login that was kept is over: what comes is approved for itself. */
static int consent_anew(struct p11_token *t, struct error *e)
{
	int r = p11_logout(t, e);

	p11_lock_end();
	return r;
}

/* All that can fail before a PIN is at stake. */
static int consent_ready(struct p11_token *t, const struct wire_sign_req *req,
			 struct error *e)
{
	int r;

	if (clock_mono_ns() >= req->deadline_ns)
		return error_set(e, ERR_DEADLINE, "%s: the deadline passed "
				 "before the token was asked",
				 t->module->name);
	r = t->logged_in ? consent_anew(t, e) : 0;
	if (r == 0)
		r = p11_token_refresh(t, e);
	if (r == 0)
		r = consent_allowed(&t->info, req->login, e);
	if (r == 0)
		r = p11_keys_load(t, e);
	if (r == 0 && p11_keys_find(&t->keys, req->identity) == NULL)
		r = error_set(e, ERR_NO_SUCH_KEY, "%s: token %s has no such "
			      "key to sign with", t->module->name,
			      t->info.label);
	return r;
}

static int consent_read(struct p11_consent *c, struct p11_token *t,
			const struct wire_sign_req *req, struct error *e)
{
	int r = p11_pins_read(t, req->deadline_ns, &c->pin, e);

	return r != 0 ? r : p11_login_length(&t->info, c->pin.len, e);
}

/* One C_Login.  At the pad there is no PIN, here or in any process of ours. */
static CK_RV consent_try(struct p11_consent *c, struct p11_token *t,
			 CK_USER_TYPE user)
{
	return p11_lock_and_login(t, t->session, user,
				  c->login == WIRE_LOGIN_PAD ? NULL : &c->pin);
}

static int consent_refused(struct p11_consent *c, struct p11_token *t,
			   CK_RV rv, struct error *e)
{
	if (rv == CKR_FUNCTION_CANCELED || rv == CKR_CANCEL)
		return p11_ckr_set_code(e, ERR_DECLINED, t->module->name,
					"C_Login", rv);
	/* The PIN was not looked at: it may be wrong, and all would sign. */
	if (rv == CKR_USER_ALREADY_LOGGED_IN) {
		c->in = true;
		return p11_ckr_set_code(e, ERR_TOKEN_BUSY, t->module->name,
					"C_Login", rv);
	}
	return p11_consent_failed(t, CKU_USER, "C_Login", rv, e);
}

int p11_consent_begin(struct p11_consent *c, struct p11_token *t,
		      const struct wire_sign_req *req, struct error *e)
{
	CK_RV rv;
	int r = 0;

	*c = (struct p11_consent){ .login = req->login };
	if (c->login == WIRE_LOGIN_NONE)
		return 0;
	r = consent_ready(t, req, e);
	if (r == 0 && c->login == WIRE_LOGIN_PIN) {
		r = secret_init(&c->pin, e);
		if (r == 0)
			r = consent_read(c, t, req, e);
	}
	if (r != 0)
		return r;
	rv = consent_try(c, t, CKU_USER);
	if (rv != CKR_OK)
		return consent_refused(c, t, rv, e);
	c->in = true;
	t->logged_in = true;
	return 0;
}

int p11_consent_context(struct p11_consent *c, struct p11_token *t,
			const struct wire_sign_req *req, struct error *e)
{
	CK_RV rv;
	int r = 0;

	c->stuck = true;
	if (c->used++ > 0 && c->login == WIRE_LOGIN_PIN &&
	    (req->flags & WIRE_SIGN_REUSE) == 0)
		r = consent_read(c, t, req, e);
	if (r != 0)
		return r;
	rv = consent_try(c, t, CKU_CONTEXT_SPECIFIC);
	if (rv != CKR_OK)
		return consent_refused(c, t, rv, e);
	c->stuck = false;
	return 0;
}

/* Whatever C_Logout says: without a session there is no login either. */
static void consent_logout(struct p11_consent *c, struct p11_token *t)
{
	struct error e;

	if (t->session == CK_INVALID_HANDLE)
		return;
	if (p11_logout(t, &e) != 0) {
		log_failure(LOG_WARNING, NULL, "the session is closed", &e);
		c->stuck = true;
	}
	if (c->stuck)
		p11_session_close(t);
}

void p11_consent_end(struct p11_consent *c, struct p11_token *t, bool keep)
{
	if (c->login == WIRE_LOGIN_NONE)
		return;
	secret_fini(&c->pin);
	p11_pins_drop(t);
	if (c->in && !keep)
		consent_logout(c, t);
	c->in = false;
}
