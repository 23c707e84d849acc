/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manage: a new key pair on the token, or a certificate brought to it.
 *
 * The PIN is in no frame: the worker reads it from the socket that came with
 * WIRE_PREPARE.
 */
#ifndef SIGNET_WIRE_MANAGE_H
#define SIGNET_WIRE_MANAGE_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"
#include "wire/sign.h"

enum wire_manage_op {
	WIRE_MANAGE_P256 = 1,	     /* generate, ECDSA */
	WIRE_MANAGE_RSA2048 = 2,     /* generate, RSA */
	WIRE_MANAGE_CERTIFICATE = 3, /* import */
};

/* wire_manage_req.flags */
#define WIRE_MANAGE_SO 1u /* the security officer logs in, not the user */

struct wire_manage_req {
	uint32_t token; /* number from wire_token */
	enum wire_manage_op op;
	enum wire_login login; /* WIRE_LOGIN_PIN or WIRE_LOGIN_PAD */
	uint8_t flags;	       /* WIRE_MANAGE_... */
	char label[LIMIT_LABEL];  /* CKA_LABEL, UTF-8; may be "" */
	struct slice id;	  /* CKA_ID, not empty; borrowed */
	struct slice certificate; /* DER; of an import, else empty; borrowed */
};

struct wire_manage_rep {
	struct slice spki; /* DER SubjectPublicKeyInfo; borrowed */
};

void wire_manage_req_put(struct buf *out, const struct wire_manage_req *m);
/* The slices of m point into body, as those of a reply do. */
int wire_manage_req_get(struct slice body, struct wire_manage_req *m,
			struct error *e) MUST_CHECK;
void wire_manage_rep_put(struct buf *out, const struct wire_manage_rep *m);
int wire_manage_rep_get(struct slice body, struct wire_manage_rep *m,
			struct error *e) MUST_CHECK;

#endif
