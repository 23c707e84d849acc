/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manage: a new key pair on the token, or a certificate brought to it.
 *
 * Runs in signet-worker.  Needs a read-write session, and for the security
 * officer no read-only one beside it (PKCS#11 2.40, 5.6): ours is closed
 * before and after, and with it what was known of the keys.
 */
#ifndef SIGNET_PKCS11_MANAGE_H
#define SIGNET_PKCS11_MANAGE_H

#include "pkcs11/public.h"
#include "pkcs11/token.h"
#include "wire/manage.h"

/*
 * One operation, with the PIN from the socket of PREPARE or the one typed at
 * the pad, which is given to the token once.  The public key, of the new pair
 * or of the certificate, into *out, which is then the caller's.
 * Without any call that could spend a try: ERR_PIN_LOCKED by the flags;
 * ERR_BAD_CERTIFICATE; as p11_pins_read(); ERR_PIN_LENGTH of a user PIN;
 * ERR_IMPOSSIBLE: no pad; ERR_UNSUPPORTED: the module has no such function.
 * Else as p11_consent_failed().
 */
int p11_manage(struct p11_token *t, const struct wire_manage_req *req,
	       struct p11_public *out, struct error *e) MUST_CHECK;

#endif
