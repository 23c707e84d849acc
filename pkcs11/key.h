/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: the table of the keys and certificates of one token.
 *
 * Runs in signet-worker.  Made once for each login; sorted by identity, so
 * that finding a key costs the same with 1,000 of them.
 */
#ifndef SIGNET_PKCS11_KEY_H
#define SIGNET_PKCS11_KEY_H

#include <p11-kit/pkcs11.h>

#include "base/limits.h"
#include "pkcs11/public.h"

struct p11_token;

struct p11_key {
	struct p11_public pub;
	bool sign;		 /* WIRE_KEY_SIGN */
	bool always_auth;	 /* WIRE_KEY_ALWAYS_AUTH */
	CK_OBJECT_HANDLE handle; /* private key; CK_INVALID_HANDLE: unseen */
	char label[LIMIT_LABEL];
	uint8_t id[LIMIT_KEY_ID];
	size_t id_len;
	struct buf certificate; /* DER, or empty */
	bool certificate_by_id; /* it has the CKA_ID of the key */
	int64_t not_after;	/* of the certificate, seconds since 1970 */
	bool ca;		/* the certificate is a CA's */
};

/* Entries, owned. */
struct p11_key_list {
	struct p11_key *item;
	size_t count;
	size_t cap;
};

struct p11_keys {
	struct p11_key_list pairs;   /* sorted by identity, no two alike */
	struct p11_key_list orphans; /* certificates without a key here */
};

/* Release all; a zeroed struct is allowed. */
void p11_keys_fini(struct p11_keys *keys);

/*
 * See that t->keys is what the token has; opens the session.  An object that
 * makes no sense is logged and left out.  ERR_MODULE when the module lies; as
 * p11_session_failed() otherwise.
 *
 * Without a needed login private keys are not to be seen: then a public key
 * that may verify, or a certificate that is no CA's, stands for one, and its
 * handle is looked for when it has to sign.
 */
int p11_keys_load(struct p11_token *t, struct error *e) MUST_CHECK;

/*
 * The entry of an identity, valid until the table is loaded anew.  NULL when
 * there is none.
 */
struct p11_key *p11_keys_find(struct p11_keys *keys,
			      const uint8_t identity[WIRE_KEY_IDENTITY]);

/*
 * The private keys are not to be seen any more (C_Logout): their handles are
 * worth nothing.  What is known of them stays.
 */
void p11_keys_forget(struct p11_keys *keys);

/* Append *key, which is taken over.  ERR_NO_MEMORY: it is released. */
int p11_key_list_add(struct p11_key_list *list, struct p11_key *key,
		     struct error *e) MUST_CHECK;

#endif
