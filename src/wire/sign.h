/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: one signature by one key.
 */
#ifndef SIGNET_WIRE_SIGN_H
#define SIGNET_WIRE_SIGN_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"
#include "wire/keys.h"

/* What is asked of the token; the hash is always made before. */
enum wire_mechanism {
	WIRE_RSA_PKCS = 1, /* CKM_RSA_PKCS; data is a DER DigestInfo */
	WIRE_RSA_PSS = 2,  /* CKM_RSA_PKCS_PSS; a digest, salt as long */
	WIRE_ECDSA = 3,	   /* CKM_ECDSA; data is a digest */
	WIRE_EDDSA = 4,	   /* CKM_EDDSA; data is the message */
};

/* Digest that PSS and its MGF1 use; 0 with the other mechanisms. */
enum wire_hash {
	WIRE_HASH_NONE = 0,
	WIRE_SHA256 = 1,
	WIRE_SHA384 = 2,
	WIRE_SHA512 = 3,
};

struct wire_sign_req {
	uint32_t token;
	uint8_t identity[WIRE_KEY_IDENTITY]; /* of the key */
	enum wire_mechanism mechanism;
	enum wire_hash hash;
	int64_t deadline_ns; /* CLOCK_MONOTONIC; not begun after it */
	struct slice data;   /* borrowed */
};

struct wire_sign_rep {
	struct slice signature; /* as PKCS#11 has it: ECDSA is r||s; borrowed */
};

void wire_sign_req_put(struct buf *out, const struct wire_sign_req *m);
int wire_sign_req_get(struct slice body, struct wire_sign_req *m,
		      struct error *e) MUST_CHECK;
void wire_sign_rep_put(struct buf *out, const struct wire_sign_rep *m);
int wire_sign_rep_get(struct slice body, struct wire_sign_rep *m,
		      struct error *e) MUST_CHECK;

#endif
