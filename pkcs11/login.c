/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login: C_Login with the PIN of a pin-source file, and C_Logout.
 */
#include "pkcs11/login.h"

#include "base/secret.h"
#include "pkcs11/ckr.h"
#include "pkcs11/lock.h"
#include "pkcs11/session.h"

/* Flags of CK_TOKEN_INFO that end a login before it begins, in this order. */
static const struct {
	uint64_t mask, bad; /* refused when flags & mask == bad */
	int code;
	const char *text;
} refusals[] = {
	{ CKF_USER_PIN_LOCKED, CKF_USER_PIN_LOCKED, ERR_PIN_LOCKED,
	  "its PIN is locked; unblock it with the PUK or ask the issuer" },
	{ CKF_USER_PIN_INITIALIZED, 0, ERR_NOT_LOGGED_IN,
	  "it has no user PIN yet; set one" },
	{ CKF_PROTECTED_AUTHENTICATION_PATH, CKF_PROTECTED_AUTHENTICATION_PATH,
	  ERR_PIN_SOURCE, "it takes its PIN at its own pad, not from a file" },
	{ CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_FINAL_TRY, ERR_PIN_SOURCE,
	  "one PIN try is left and is kept for a person; log in once by hand "
	  "(pkcs11-tool --login --list-objects), then correct the file" },
};

int p11_login_allowed(const struct wire_token *info, size_t len,
		      struct error *e)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if ((info->flags & refusals[i].mask) == refusals[i].bad)
			return error_set(e, refusals[i].code, "token %s: %s",
					 info->label, refusals[i].text);
	return p11_login_length(info, len, e);
}

int p11_login_length(const struct wire_token *info, size_t len,
		     struct error *e)
{
	/* Some modules leave the lengths at 0: then they say nothing. */
	if (info->max_pin_len == 0)
		return 0;
	if (len < info->min_pin_len || len > info->max_pin_len)
		return error_set(e, ERR_PIN_LENGTH,
				 "token %s takes a PIN of %u to %u bytes; this "
				 "one has another length, and was not tried",
				 info->label, info->min_pin_len,
				 info->max_pin_len);
	return 0;
}

static int login_once(struct p11_token *t, const struct secret *pin,
		      struct error *e)
{
	CK_RV rv = p11_lock_and_login(t, t->session, CKU_USER, pin);

	if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
		return p11_session_failed(t, "C_Login", rv, e);
	t->logged_in = true;
	/* What was found before lacks the private objects. */
	t->keys_loaded = false;
	return 0;
}

int p11_login(struct p11_token *t, const char *pin_source, struct error *e)
{
	AUTO(secret_fini) struct secret pin = { .ptr = NULL };
	int r = p11_token_refresh(t, e);

	if (r != 0 || (t->info.flags & CKF_LOGIN_REQUIRED) == 0)
		return r;
	r = secret_init(&pin, e);
	if (r == 0)
		r = secret_read_file(&pin, pin_source, e);
	if (r == 0)
		r = p11_login_allowed(&t->info, pin.len, e);
	if (r == 0)
		r = p11_session_open(t, e);
	return r == 0 ? login_once(t, &pin, e) : r;
}

int p11_logout(struct p11_token *t, struct error *e)
{
	CK_RV rv;

	if (t->session == CK_INVALID_HANDLE)
		return 0;
	rv = t->module->p11->C_Logout(t->session);
	t->logged_in = false;
	if ((t->info.flags & CKF_LOGIN_REQUIRED) != 0)
		p11_keys_forget(&t->keys);
	if (rv == CKR_OK || rv == CKR_USER_NOT_LOGGED_IN)
		return 0;
	return p11_session_failed(t, "C_Logout", rv, e);
}
