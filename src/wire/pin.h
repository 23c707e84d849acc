/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: change a PIN, unblock a token, or initialise one.
 *
 * The PINs themselves are in no frame: the worker reads them from the socket
 * that came with WIRE_PREPARE, two for each operation, the one that is known
 * first.
 */
#ifndef SIGNET_WIRE_PIN_H
#define SIGNET_WIRE_PIN_H

#include <stdint.h>

#include "wire/frame.h"
#include "wire/sign.h"
#include "wire/tokens.h"

enum wire_pin_op {
	WIRE_PIN_CHANGE = 1,  /* old user PIN, new one */
	WIRE_PIN_UNBLOCK = 2, /* SO-PIN or PUK, new user PIN */
	WIRE_PIN_INIT = 3,    /* SO-PIN, new user PIN; all objects are lost */
};

/* Bytes of a label in CK_TOKEN_INFO (PKCS#11 2.40, 3.2). */
#define WIRE_PIN_LABEL 32

/*
 * C_SetPIN without a login takes the PUK in the place of the old PIN, and with
 * one changes the PIN: OpenSC with the configuration of opensc_conf.c.
 */
#define WIRE_PIN_SETS_BY_PUK 0x01u
#define WIRE_PIN_FLAGS WIRE_PIN_SETS_BY_PUK

struct wire_pin_req {
	uint32_t token; /* number from wire_token */
	enum wire_pin_op op;
	enum wire_login login; /* WIRE_LOGIN_PIN or WIRE_LOGIN_PAD */
	uint8_t flags;	       /* WIRE_PIN_* */
	char label[WIRE_PIN_LABEL + 1]; /* of WIRE_PIN_INIT; else "" */
};

struct wire_pin_rep {
	struct wire_token token; /* as it is now */
};

void wire_pin_req_put(struct buf *out, const struct wire_pin_req *m);
int wire_pin_req_get(struct slice body, struct wire_pin_req *m,
		     struct error *e) MUST_CHECK;
void wire_pin_rep_put(struct buf *out, const struct wire_pin_rep *m);
int wire_pin_rep_get(struct slice body, struct wire_pin_rep *m,
		     struct error *e) MUST_CHECK;

#endif
