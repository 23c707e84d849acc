/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare: a token made ready for the PINs of a person.
 *
 * Runs in signet-worker, before anybody is asked.
 */
#ifndef SIGNET_PKCS11_PREPARE_H
#define SIGNET_PKCS11_PREPARE_H

#include "pkcs11/token.h"
#include "wire/prepare.h"

/*
 * Ask for CK_TOKEN_INFO anew, end a login that is not ours, and make *fd (taken
 * over; -1: none) the socket for its PINs.  An older one is closed whatever
 * happens.  A login belongs to the card, not to the process: with another's in
 * place any PIN would do.  ERR_TOKEN_BUSY: it cannot be ended; ERR_TOKEN_GONE;
 * else as p11_session_failed().
 */
int p11_prepare(struct p11_token *t, int *fd, struct wire_prepare_rep *rep,
		struct error *e) MUST_CHECK;

#endif
