/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: change a PIN, unblock a token, initialise one.
 *
 * Runs in signet-worker.  Needs a read-write session, and for the security
 * officer no read-only one beside it (PKCS#11 2.40, 5.6): ours is closed
 * before.
 */
#ifndef SIGNET_PKCS11_PIN_H
#define SIGNET_PKCS11_PIN_H

#include "pkcs11/token.h"
#include "wire/pin.h"

/*
 * One operation with the two PINs from the socket of PREPARE, or with those
 * typed at the pad.  The PIN that is known is given to the token once.
 * Without any call that could spend a try: ERR_PIN_LOCKED by the flags; as
 * p11_pins_read(); ERR_PIN_LENGTH of a user PIN; ERR_IMPOSSIBLE: no pad;
 * ERR_UNSUPPORTED: the module has no such function.  Else as
 * p11_consent_failed().
 */
int p11_pin(struct p11_token *t, const struct wire_pin_req *req,
	    struct wire_pin_rep *rep, struct error *e) MUST_CHECK;

#endif
