/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: signatures by one key of a token.
 */
#include "pkcs11/sign.h"

#include "base/clock.h"
#include "pkcs11/ckr.h"
#include "pkcs11/object.h"
#include "pkcs11/session.h"

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2) adds this many bytes at least. */
#define PKCS1_PADDING 11

/* By enum wire_mechanism. */
static const struct mechanism {
	CK_MECHANISM_TYPE type;
	enum wire_key_type key;
	const char *name;
} mechanisms[] = {
	[WIRE_RSA_PKCS] = { CKM_RSA_PKCS, WIRE_KEY_RSA, "CKM_RSA_PKCS" },
	[WIRE_RSA_PSS] = { CKM_RSA_PKCS_PSS, WIRE_KEY_RSA,
			   "CKM_RSA_PKCS_PSS" },
	[WIRE_ECDSA] = { CKM_ECDSA, WIRE_KEY_EC, "CKM_ECDSA" },
	[WIRE_EDDSA] = { CKM_EDDSA, WIRE_KEY_ED, "CKM_EDDSA" },
};

/* By enum wire_hash. */
static const struct hash {
	CK_MECHANISM_TYPE type;
	CK_RSA_PKCS_MGF_TYPE mgf;
	CK_ULONG length;
} hashes[] = {
	[WIRE_HASH_NONE] = { 0, 0, 0 },
	[WIRE_SHA256] = { CKM_SHA256, CKG_MGF1_SHA256, 32 },
	[WIRE_SHA384] = { CKM_SHA384, CKG_MGF1_SHA384, 48 },
	[WIRE_SHA512] = { CKM_SHA512, CKG_MGF1_SHA512, 64 },
};

static size_t sign_bytes(uint32_t bits)
{
	return ((size_t)bits + 7) / 8;
}

size_t p11_sign_length(const struct p11_public *key)
{
	size_t n = sign_bytes(key->bits);

	return key->type == WIRE_KEY_RSA ? n : 2 * n;
}

static bool sign_fits(const struct p11_public *key,
		      const struct wire_sign_item *item)
{
	size_t len = item->data.len, digest = hashes[item->hash].length;

	switch (item->mechanism) {
	case WIRE_RSA_PKCS:
		return digest == 0 && len > 0 &&
		       len + PKCS1_PADDING <= sign_bytes(key->bits);
	case WIRE_RSA_PSS:
		return digest != 0 && len == digest &&
		       2 * digest + 2 <= sign_bytes(key->bits - 1);
	case WIRE_ECDSA:
		return digest == 0 && len > 0 && len <= 64;
	case WIRE_EDDSA:
		return digest == 0;
	}
	return false;
}

int p11_sign_allowed(const struct p11_public *key,
		     const struct wire_sign_item *item, struct error *e)
{
	const struct mechanism *m = &mechanisms[item->mechanism];

	if (m->key != key->type)
		return error_set(e, ERR_IMPOSSIBLE,
				 "%s is not for this type of key", m->name);
	if (!sign_fits(key, item))
		return error_set(e, ERR_IMPOSSIBLE, "%s does not sign %zu "
				 "bytes with a key of %u bits (hash %d)",
				 m->name, item->data.len, key->bits,
				 (int)item->hash);
	return 0;
}

/* What nobody could see before the login. */
static int sign_found(struct p11_token *t, struct p11_key *key,
		      CK_OBJECT_HANDLE handle, struct error *e)
{
	struct p11_object o;
	int r = p11_object_key(t, handle, CKA_SIGN, &o, e);

	if (r != 0)
		return r;
	key->always_auth = o.always_auth;
	key->handle = handle;
	return 0;
}

/* The private key of an entry that was made without seeing it. */
static int sign_find(struct p11_token *t, struct p11_key *key,
		     struct error *e)
{
	static const CK_KEY_TYPE types[] = {
		[WIRE_KEY_RSA] = CKK_RSA,
		[WIRE_KEY_EC] = CKK_EC,
		[WIRE_KEY_ED] = CKK_EC_EDWARDS,
	};
	AUTO(p11_handles_fini) struct p11_handles h = { .item = NULL };
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_KEY_TYPE type = types[key->pub.type];
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_ID, key->id, key->id_len },
	};
	int r = p11_object_find(t, template, ARRAY_LEN(template), &h, e);

	if (r != 0)
		return r;
	if (h.count == 0)
		return error_set(e, ERR_NOT_LOGGED_IN, "%s: token %s shows no "
				 "private key of that id without a login",
				 t->module->name, t->info.label);
	if (h.count > 1)
		return error_set(e, ERR_AMBIGUOUS, "%s: token %s has %zu "
				 "private keys of that id", t->module->name,
				 t->info.label, h.count);
	return sign_found(t, key, h.item[0], e);
}

/*
 * A key that asks each time is known as one only after the login: too late for
 * the person, who is asked once more, and for all PINs, before one is used.
 */
static int sign_always(const struct p11_token *t,
		       const struct wire_sign_req *req,
		       const struct p11_key *key, struct error *e)
{
	if (req->login == WIRE_LOGIN_NONE)
		return error_set(e, ERR_NOT_LOGGED_IN, "%s: key %s asks for "
				 "its PIN for every signature; it cannot be "
				 "used unattended", t->module->name,
				 key->label);
	if (req->login == WIRE_LOGIN_PIN && t->pins_count < req->count &&
	    (req->flags & WIRE_SIGN_REUSE) == 0)
		return error_set(e, ERR_NOT_LOGGED_IN, "%s: key %s asks for "
				 "its PIN for every signature: %u PINs are "
				 "needed", t->module->name, key->label,
				 req->count);
	return 0;
}

static int sign_key(struct p11_token *t, const struct wire_sign_req *req,
		    const struct wire_sign_item *item, struct p11_key **out,
		    struct error *e)
{
	struct p11_key *key;
	int r = t->keys_loaded ? 0 : p11_keys_load(t, e);

	if (r != 0)
		return r;
	key = p11_keys_find(&t->keys, req->identity);
	if (key == NULL || !key->sign)
		return error_set(e, ERR_NO_SUCH_KEY, "%s: token %s has no "
				 "such key to sign with", t->module->name,
				 t->info.label);
	r = p11_sign_allowed(&key->pub, item, e);
	if (r == 0 && key->handle == CK_INVALID_HANDLE)
		r = sign_find(t, key, e);
	if (r == 0 && key->always_auth)
		r = sign_always(t, req, key, e);
	if (r == 0)
		*out = key;
	return r;
}

static CK_RV sign_init(struct p11_token *t, const struct wire_sign_item *item,
		       const struct p11_key *key)
{
	const struct hash *h = &hashes[item->hash];
	CK_RSA_PKCS_PSS_PARAMS pss = { h->type, h->mgf, h->length };
	CK_MECHANISM mechanism = { mechanisms[item->mechanism].type, NULL, 0 };

	if (item->mechanism == WIRE_RSA_PSS) {
		mechanism.pParameter = &pss;
		mechanism.ulParameterLen = sizeof(pss);
	}
	return t->module->p11->C_SignInit(t->session, &mechanism, key->handle);
}

/*
 * Nothing was signed yet, and the table or the session is what is wrong: is
 * it worth making it anew?  Not where a login would be lost with it.
 */
static bool sign_stale(const struct p11_token *t, CK_RV rv)
{
	if (rv == CKR_KEY_HANDLE_INVALID || rv == CKR_OBJECT_HANDLE_INVALID)
		return true;
	return p11_session_ended(rv) && !t->logged_in;
}

static int sign_begin(struct p11_token *t, const struct wire_sign_req *req,
		      const struct wire_sign_item *item, struct p11_key **key,
		      struct error *e)
{
	CK_RV rv = CKR_OK;
	int r;

	for (int attempt = 0; attempt < 2; attempt++) {
		r = sign_key(t, req, item, key, e);
		if (r != 0)
			return r;
		rv = sign_init(t, item, *key);
		if (rv == CKR_OK)
			return 0;
		if (!sign_stale(t, rv))
			break;
		if (p11_session_ended(rv))
			p11_session_lost(t);
		t->keys_loaded = false;
	}
	return p11_session_failed(t, "C_SignInit", rv, e);
}

int p11_sign(struct p11_token *t, const struct wire_sign_req *req,
	     const struct wire_sign_item *item, struct p11_consent *consent,
	     uint8_t *out, size_t *len, struct error *e)
{
	CK_ULONG got = LIMIT_SIGNATURE;
	struct p11_key *key = NULL;
	void *data;
	CK_RV rv;
	int r;

	if (clock_mono_ns() >= req->deadline_ns)
		return error_set(e, ERR_DEADLINE, "%s: the deadline passed "
				 "before the token was asked",
				 t->module->name);
	r = sign_begin(t, req, item, &key, e);
	if (r == 0 && key->always_auth)
		r = p11_consent_context(consent, t, req, e);
	if (r != 0)
		return r;
	/* PKCS#11 takes the data as not const, and does not write to it. */
	data = (void *)(uintptr_t)item->data.ptr;
	rv = t->module->p11->C_Sign(t->session, data,
				    (CK_ULONG)item->data.len, out, &got);
	if (rv != CKR_OK) {
		/* Not every module ends the operation then. */
		consent->stuck = true;
		return p11_session_failed(t, "C_Sign", rv, e);
	}
	if (got != p11_sign_length(&key->pub))
		return p11_ckr_lie(e, t->module->name, "C_Sign",
				   "a signature of %lu bytes where the key "
				   "makes %zu", got,
				   p11_sign_length(&key->pub));
	*len = got;
	return 0;
}
