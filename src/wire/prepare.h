/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare: make a token ready for the PINs of a person, and look at it.
 *
 * Before somebody is asked: the answer says how many tries there are, and
 * whether a PIN is needed at all.  With the request of one or more PINs comes
 * one descriptor: the worker's end of a SOCK_SEQPACKET pair from which it will
 * read them, a packet each.
 */
#ifndef SIGNET_WIRE_PREPARE_H
#define SIGNET_WIRE_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/frame.h"
#include "wire/tokens.h"

struct wire_prepare_req {
	uint32_t token; /* number from wire_token */
	uint32_t pins;	/* to come; 0: none, and forget an older socket */
};

struct wire_prepare_rep {
	struct wire_token token; /* as it is now */
	bool logged_in;		 /* a login that was kept still stands */
};

/* More PINs than LIMIT_PINS are ERR_PROTOCOL. */
void wire_prepare_req_put(struct buf *out, const struct wire_prepare_req *m);
int wire_prepare_req_get(struct slice body, struct wire_prepare_req *m,
			 struct error *e) MUST_CHECK;
void wire_prepare_rep_put(struct buf *out, const struct wire_prepare_rep *m);
int wire_prepare_rep_get(struct slice body, struct wire_prepare_rep *m,
			 struct error *e) MUST_CHECK;

#endif
