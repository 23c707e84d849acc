/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: the key pairs of a token and their certificates.
 *
 * One WIRE_MORE frame a key, then one a certificate that belongs to no key
 * (an intermediate CA, say; identity and spki are its own key's, and
 * WIRE_KEY_SIGN is not set), then an empty WIRE_REP.
 */
#ifndef SIGNET_WIRE_KEYS_H
#define SIGNET_WIRE_KEYS_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"

struct wire_keys_req {
	uint32_t token; /* number from wire_token */
};

/* A key is known by the SHA-256 of its SubjectPublicKeyInfo. */
#define WIRE_KEY_IDENTITY 32

enum wire_key_type { WIRE_KEY_RSA = 1, WIRE_KEY_EC = 2, WIRE_KEY_ED = 3 };

/* wire_key.flags */
#define WIRE_KEY_SIGN 1u	/* a private key with CKA_SIGN is there */
#define WIRE_KEY_ALWAYS_AUTH 2u /* CKA_ALWAYS_AUTHENTICATE */

struct wire_key {
	uint32_t token;
	uint8_t identity[WIRE_KEY_IDENTITY];
	enum wire_key_type type;
	uint32_t bits;		   /* RSA modulus, or size of the curve */
	uint32_t flags;		   /* WIRE_KEY_... */
	char curve[32];		   /* "P-256" to "P-521", "Ed25519", or "" */
	char label[LIMIT_LABEL];   /* CKA_LABEL, UTF-8 */
	struct slice id;	   /* CKA_ID; borrowed */
	struct slice spki;	   /* DER SubjectPublicKeyInfo; borrowed */
	struct slice certificate;  /* DER, or empty; borrowed */
};

void wire_keys_req_put(struct buf *out, const struct wire_keys_req *m);
int wire_keys_req_get(struct slice body, struct wire_keys_req *m,
		      struct error *e) MUST_CHECK;
void wire_key_put(struct buf *out, const struct wire_key *m);
/* The slices of m point into body. */
int wire_key_get(struct slice body, struct wire_key *m, struct error *e)
	MUST_CHECK;

#endif
