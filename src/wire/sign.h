/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: one or several signatures by one key.
 *
 * One WIRE_MORE frame a signature, WIRE_REP with the last one, in the order of
 * the items.  A WIRE_FAIL is about the item whose turn it was: what came before
 * it stands, what follows it was not begun.
 */
#ifndef SIGNET_WIRE_SIGN_H
#define SIGNET_WIRE_SIGN_H

#include <stdbool.h>
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

/* Who logs in for it, and out again. */
enum wire_login {
	WIRE_LOGIN_NONE = 0, /* nobody: the login is as it is */
	WIRE_LOGIN_PIN = 1,  /* with PINs from the socket of WIRE_PREPARE */
	WIRE_LOGIN_PAD = 2,  /* with a PIN that is typed at the reader */
};

/* wire_sign_req.flags, of use with a login. */
#define WIRE_SIGN_KEEP 1u  /* stay logged in afterwards */
#define WIRE_SIGN_REUSE 2u /* one PIN for all items of a key that asks each
			      time; without it the next PIN for each item */

struct wire_sign_item {
	enum wire_mechanism mechanism;
	enum wire_hash hash;
	struct slice data; /* borrowed */
};

struct wire_sign_req {
	uint32_t token;
	uint8_t identity[WIRE_KEY_IDENTITY]; /* of the key */
	int64_t deadline_ns; /* CLOCK_MONOTONIC; no item is begun after it */
	enum wire_login login;
	uint8_t flags;	     /* WIRE_SIGN_... */
	uint32_t count;	     /* of items, 1 to LIMIT_BATCH */
	const struct wire_sign_item *items; /* to put; borrowed */
	struct slice encoded; /* got: see wire_sign_item_next(); borrowed */
};

struct wire_sign_rep {
	struct slice signature; /* as PKCS#11 has it: ECDSA is r||s; borrowed */
};

/* Bytes of its body: with WIRE_FRAME_HEAD not above LIMIT_FRAME, please. */
size_t wire_sign_req_size(const struct wire_sign_req *m);
void wire_sign_req_put(struct buf *out, const struct wire_sign_req *m);
/* Looks at every item, so that wire_sign_item_next() can find no fault. */
int wire_sign_req_get(struct slice body, struct wire_sign_req *m,
		      struct error *e) MUST_CHECK;
/*
 * The items of a request that was got: *at is cursor_of(m->encoded) before the
 * first.  False when there are no more.
 */
bool wire_sign_item_next(struct cursor *at, struct wire_sign_item *item)
	MUST_CHECK;
void wire_sign_rep_put(struct buf *out, const struct wire_sign_rep *m);
int wire_sign_rep_get(struct slice body, struct wire_sign_rep *m,
		      struct error *e) MUST_CHECK;

#endif
