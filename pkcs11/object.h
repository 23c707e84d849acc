/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object: finding the objects of a token, and reading one.
 *
 * Runs in signet-worker.  Done once for each token and login, because
 * C_FindObjects gets slower with every object (SoftHSM: 7 ms at 1,000).
 */
#ifndef SIGNET_PKCS11_OBJECT_H
#define SIGNET_PKCS11_OBJECT_H

#include "pkcs11/key.h"
#include "pkcs11/token.h"

/* Handles of one search; owned. */
struct p11_handles {
	CK_OBJECT_HANDLE *item;
	size_t count;
};

void p11_handles_fini(struct p11_handles *h);

/*
 * All objects that match the template, into *out (zeroed before; the caller's
 * to release).  ERR_MODULE: more handles than asked for, or than LIMIT_KEYS.
 */
int p11_object_find(struct p11_token *t, CK_ATTRIBUTE *template, size_t count,
		    struct p11_handles *out, struct error *e) MUST_CHECK;

/* What private key, public key and certificate objects have in common. */
struct p11_object {
	CK_OBJECT_HANDLE handle;
	CK_KEY_TYPE type;  /* CKK_...; not of a certificate */
	bool allowed;	   /* CKA_SIGN, CKA_VERIFY */
	bool always_auth;  /* CKA_ALWAYS_AUTHENTICATE */
	char label[LIMIT_LABEL];
	uint8_t id[LIMIT_KEY_ID];
	size_t id_len;
};

/*
 * Read a key object; use is CKA_SIGN or CKA_VERIFY.  A CKA_ID above the limit
 * is ERR_TOO_LARGE.
 */
int p11_object_key(struct p11_token *t, CK_OBJECT_HANDLE handle,
		   CK_ATTRIBUTE_TYPE use, struct p11_object *out,
		   struct error *e) MUST_CHECK;

/*
 * The public key that the object itself has: of a public key object, or of a
 * private one whose module tells.  ERR_UNSUPPORTED also when it tells none.
 */
int p11_object_public(struct p11_token *t, const struct p11_object *object,
		      struct p11_public *out, struct error *e) MUST_CHECK;

/* Read a certificate object and its DER, which may be empty. */
int p11_object_certificate(struct p11_token *t, CK_OBJECT_HANDLE handle,
			   struct p11_object *out, struct buf *der,
			   struct error *e) MUST_CHECK;

#endif
