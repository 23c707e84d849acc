/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: what the key table wants to know of an X.509 certificate.
 *
 * Runs in signet-worker.  Pure.  The input is what a token says: untrusted.
 */
#ifndef SIGNET_PKCS11_CERTIFICATE_H
#define SIGNET_PKCS11_CERTIFICATE_H

#include <stdbool.h>

#include "pkcs11/public.h"

/*
 * The public key, the end of the validity (seconds since 1970, RFC 5280
 * 4.1.2.5) and whether it is a CA's (4.2.1.9).  ERR_BAD_CERTIFICATE: no
 * certificate, or bytes after it; else as p11_public_x509().
 */
int p11_certificate_read(struct slice der, struct p11_public *pub,
			 int64_t *not_after, bool *ca, struct error *e)
	MUST_CHECK;

#endif
