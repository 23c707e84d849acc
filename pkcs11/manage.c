/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manage: a new key pair on the token, or a certificate brought to it.
 */
#include "pkcs11/manage.h"

#include <openssl/x509.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "pkcs11/ckr.h"
#include "pkcs11/consent.h"
#include "pkcs11/lock.h"
#include "pkcs11/login.h"
#include "pkcs11/object.h"
#include "pkcs11/pins.h"
#include "pkcs11/session.h"

#define TEMPLATE_MAX 10
#define RSA_BITS 2048

/* Attributes of one object, and the values that they point at. */
struct template {
	CK_ATTRIBUTE item[TEMPLATE_MAX];
	CK_ULONG count;
};

static void template_add(struct template *t, CK_ATTRIBUTE_TYPE type,
			 void *value, size_t len)
{
	t->item[t->count++] = (CK_ATTRIBUTE){ type, value, (CK_ULONG)len };
}

/* What an operation hands to the module, where it may be written to. */
struct manage {
	struct p11_token *token;
	const struct wire_manage_req *req;
	X509 *certificate; /* of an import */
	bool opened;	   /* the session is one that may write */
	uint8_t id[LIMIT_KEY_ID];
	char label[LIMIT_LABEL];
};

static void manage_fini(struct manage *m)
{
	X509_free(m->certificate);
}

static int manage_init(struct manage *m, struct p11_token *t,
		       const struct wire_manage_req *req, struct error *e)
{
	const unsigned char *der = req->certificate.ptr;
	long len = (long)req->certificate.len;

	m->token = t;
	m->req = req;
	memcpy(m->id, req->id.ptr, req->id.len);
	memcpy(m->label, req->label, sizeof(m->label));
	if (req->op != WIRE_MANAGE_CERTIFICATE)
		return 0;
	m->certificate = d2i_X509(NULL, &der, len);
	if (m->certificate == NULL ||
	    der != req->certificate.ptr + req->certificate.len)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "this is no certificate in DER form");
	return 0;
}

static int manage_functions(const struct manage *m, struct error *e)
{
	const struct p11_module *module = m->token->module;

	if (m->req->op == WIRE_MANAGE_CERTIFICATE ?
	    module->p11->C_CreateObject != NULL :
	    module->p11->C_GenerateKeyPair != NULL)
		return 0;
	return error_set(e, ERR_UNSUPPORTED, "%s: the module cannot do this; "
			 "use the program of the token's maker", module->name);
}

static int manage_allowed(const struct manage *m, struct error *e)
{
	const struct wire_token *info = &m->token->info;
	bool so = (m->req->flags & WIRE_MANAGE_SO) != 0;

	if ((info->flags &
	     (so ? CKF_SO_PIN_LOCKED : CKF_USER_PIN_LOCKED)) != 0)
		return error_set(e, ERR_PIN_LOCKED, "token %s: the PIN that "
				 "manages its keys is locked", info->label);
	if (m->req->login == WIRE_LOGIN_PAD &&
	    (info->flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
		return error_set(e, ERR_IMPOSSIBLE, "token %s: its reader has "
				 "no pad for a PIN", info->label);
	return 0;
}

/* --- the login ---------------------------------------------------------- */

static int manage_read(struct manage *m, struct secret *pin, struct error *e)
{
	int64_t until = clock_mono_ns() + LIMIT_DEADLINE_MS * CLOCK_NS_PER_MS;
	int r = 0;

	if (m->req->login == WIRE_LOGIN_PAD)
		return 0;
	r = secret_init(pin, e);
	if (r == 0)
		r = p11_pins_read(m->token, until, pin, e);
	if (r != 0 || (m->req->flags & WIRE_MANAGE_SO) != 0)
		return r;
	return p11_login_length(&m->token->info, pin->len, e);
}

/* A session that may write, in the place of the token's own. */
static int manage_open(struct manage *m, struct error *e)
{
	struct p11_token *t = m->token;
	CK_RV rv;

	m->opened = true;
	p11_session_close(t);
	rv = p11_lock_and_open(t, CKF_RW_SESSION, &t->session);
	if (rv == CKR_OK)
		return 0;
	t->session = CK_INVALID_HANDLE;
	return p11_ckr_set(e, t->module->name, "C_OpenSession", rv);
}

static int manage_login(struct manage *m, struct error *e)
{
	AUTO(secret_fini) struct secret pin = { .ptr = NULL };
	struct p11_token *t = m->token;
	CK_USER_TYPE user = (m->req->flags & WIRE_MANAGE_SO) != 0 ? CKU_SO :
								    CKU_USER;
	CK_RV rv;
	int r = manage_read(m, &pin, e);

	if (r == 0)
		r = manage_open(m, e);
	if (r != 0)
		return r;
	rv = p11_lock_and_login(t, t->session, user, &pin);
	t->entered = rv == CKR_OK;
	if (rv == CKR_OK)
		return 0;
	if (rv == CKR_FUNCTION_CANCELED || rv == CKR_CANCEL)
		return p11_ckr_set_code(e, ERR_DECLINED, t->module->name,
					"C_Login", rv);
	/* Of another PIN, perhaps: this one was not looked at. */
	if (rv == CKR_USER_ALREADY_LOGGED_IN)
		return p11_ckr_set_code(e, ERR_TOKEN_BUSY, t->module->name,
					"C_Login", rv);
	return p11_consent_failed(t, user, "C_Login", rv, e);
}

/* --- a key pair --------------------------------------------------------- */

static void manage_common(struct manage *m, struct template *t,
			  CK_BBOOL *yes)
{
	template_add(t, CKA_TOKEN, yes, sizeof(*yes));
	template_add(t, CKA_ID, m->id, m->req->id.len);
	if (m->label[0] != '\0')
		template_add(t, CKA_LABEL, m->label, strlen(m->label));
}

static int manage_public(struct manage *m, CK_OBJECT_HANDLE handle,
			 struct p11_public *out, struct error *e)
{
	const struct p11_object object = {
		.handle = handle,
		.type = m->req->op == WIRE_MANAGE_P256 ? CKK_EC : CKK_RSA,
	};

	return p11_object_public(m->token, &object, out, e);
}

static int manage_generate(struct manage *m, struct p11_public *out,
			   struct error *e)
{
	const CK_FUNCTION_LIST *f = m->token->module->p11;
	bool ec = m->req->op == WIRE_MANAGE_P256;
	CK_MECHANISM how = { ec ? CKM_EC_KEY_PAIR_GEN :
				  CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	struct template pub = { .count = 0 }, priv = { .count = 0 };
	/* OID prime256v1 (RFC 5480 2.1.1.1); 65537 */
	uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
			   0x01, 0x07 };
	uint8_t exponent[] = { 1, 0, 1 };
	CK_ULONG bits = RSA_BITS;
	CK_BBOOL yes = CK_TRUE;
	CK_OBJECT_HANDLE handles[2];
	CK_RV rv;

	manage_common(m, &pub, &yes);
	template_add(&pub, CKA_VERIFY, &yes, sizeof(yes));
	if (ec) {
		template_add(&pub, CKA_EC_PARAMS, p256, sizeof(p256));
	} else {
		template_add(&pub, CKA_MODULUS_BITS, &bits, sizeof(bits));
		template_add(&pub, CKA_PUBLIC_EXPONENT, exponent,
			     sizeof(exponent));
	}
	manage_common(m, &priv, &yes);
	template_add(&priv, CKA_PRIVATE, &yes, sizeof(yes));
	template_add(&priv, CKA_SENSITIVE, &yes, sizeof(yes));
	template_add(&priv, CKA_SIGN, &yes, sizeof(yes));
	rv = f->C_GenerateKeyPair(m->token->session, &how, pub.item, pub.count,
				  priv.item, priv.count, &handles[0],
				  &handles[1]);
	if (rv != CKR_OK)
		return p11_session_failed(m->token, "C_GenerateKeyPair", rv, e);
	return manage_public(m, handles[0], out, e);
}

/* --- a certificate ------------------------------------------------------ */

static void der_freep(unsigned char **p)
{
	OPENSSL_free(*p);
}

static int manage_import(struct manage *m, struct p11_public *out,
			 struct error *e)
{
	AUTO(der_freep) unsigned char *subject = NULL, *value = NULL;
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	struct template t = { .count = 0 };
	int subject_len = i2d_X509_NAME(
		X509_get_subject_name(m->certificate), &subject);
	int value_len = i2d_X509(m->certificate, &value);
	CK_BBOOL yes = CK_TRUE;
	CK_OBJECT_HANDLE handle;
	CK_RV rv;

	if (subject_len <= 0 || value_len <= 0)
		return error_set(e, ERR_CRYPTO, "a certificate has no DER");
	template_add(&t, CKA_CLASS, &class, sizeof(class));
	template_add(&t, CKA_CERTIFICATE_TYPE, &type, sizeof(type));
	manage_common(m, &t, &yes);
	template_add(&t, CKA_SUBJECT, subject, (size_t)subject_len);
	template_add(&t, CKA_VALUE, value, (size_t)value_len);
	rv = m->token->module->p11->C_CreateObject(m->token->session, t.item,
						   t.count, &handle);
	if (rv != CKR_OK)
		return p11_session_failed(m->token, "C_CreateObject", rv, e);
	return p11_public_x509(m->certificate, out, e);
}

static int manage_do(struct manage *m, struct p11_public *out,
		     struct error *e)
{
	int r = manage_login(m, e);

	p11_pins_drop(m->token);
	if (r != 0)
		return r;
	r = m->req->op == WIRE_MANAGE_CERTIFICATE ?
		manage_import(m, out, e) : manage_generate(m, out, e);
	if (m->token->session != CK_INVALID_HANDLE)
		m->token->module->p11->C_Logout(m->token->session);
	return r;
}

int p11_manage(struct p11_token *t, const struct wire_manage_req *req,
	       struct p11_public *out, struct error *e)
{
	AUTO(manage_fini) struct manage m = { .certificate = NULL };
	int r = manage_init(&m, t, req, e);

	if (r == 0)
		r = manage_functions(&m, e);
	if (r == 0)
		r = p11_token_refresh(t, e);
	if (r == 0)
		r = manage_allowed(&m, e);
	if (r == 0)
		r = manage_do(&m, out, e);
	p11_pins_drop(t);
	if (m.opened) {
		p11_session_close(t);
		t->keys_loaded = false;
	}
	return r;
}
