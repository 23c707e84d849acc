/* SPDX-License-Identifier: Apache-2.0 */
/*
 * public: a public key as DER SubjectPublicKeyInfo, made of what PKCS#11 has.
 *
 * Runs in signet-worker.  Pure.  The input is what a token says: untrusted.
 */
#ifndef SIGNET_PKCS11_PUBLIC_H
#define SIGNET_PKCS11_PUBLIC_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "wire/keys.h"

struct p11_public {
	enum wire_key_type type;
	uint32_t bits;	   /* RSA modulus, or size of the curve */
	const char *curve; /* as wire_key.curve; static */
	uint8_t identity[WIRE_KEY_IDENTITY]; /* SHA-256 of spki */
	struct buf spki;   /* DER */
};

/* Release; a zeroed struct is allowed. */
void p11_public_fini(struct p11_public *p);

/*
 * All of these fill *out, which is then the caller's to release, or leave it
 * alone.  ERR_UNSUPPORTED: a key of a kind we do not serve; ERR_MALFORMED: not
 * a key; ERR_CRYPTO.
 */

/* CKA_MODULUS and CKA_PUBLIC_EXPONENT, big-endian (RFC 8017 A.1.1). */
int p11_public_rsa(struct slice modulus, struct slice exponent,
		   struct p11_public *out, struct error *e) MUST_CHECK;

/*
 * CKA_EC_PARAMS, DER OID of a named curve (RFC 5480 2.1.1), and CKA_EC_POINT,
 * uncompressed: in a DER OCTET STRING (SoftHSM, OpenSC) or as it is.
 */
int p11_public_ec(struct slice params, struct slice point,
		  struct p11_public *out, struct error *e) MUST_CHECK;

/*
 * The same of an Ed25519 key (RFC 8410): CKA_EC_PARAMS is its OID or
 * PrintableString "edwards25519"; CKA_EC_POINT 32 bytes, as they are, or in a
 * DER OCTET STRING or BIT STRING.
 */
int p11_public_ed(struct slice params, struct slice point,
		  struct p11_public *out, struct error *e) MUST_CHECK;

/* The subject's key of a certificate. */
int p11_public_x509(const X509 *certificate, struct p11_public *out,
		    struct error *e) MUST_CHECK;

#endif
