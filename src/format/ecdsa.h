/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecdsa: the two shapes of an ECDSA signature: r||s, as PKCS#11 (3.0 base
 * 6.3.1) and JOSE (RFC 7518 3.4) have it, and DER Ecdsa-Sig-Value (RFC 3279
 * 2.2.3), as CMS and OpenSSL have it.
 *
 * Internal to src/format.  Pure.
 */
#ifndef SIGNET_FORMAT_ECDSA_H
#define SIGNET_FORMAT_ECDSA_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

/* DER of the largest: P-521. */
#define FORMAT_ECDSA_DER_MAX 144

/* Bytes of r||s for a curve by its JOSE name; 0 for one we do not know. */
size_t format_ecdsa_len(const char *curve);

/* Append the DER of r||s, whose length is even. */
void format_ecdsa_to_der(struct slice rs, struct buf *out);

/*
 * Append r||s of len bytes.  ERR_MALFORMED: not the DER of two numbers that
 * fit; otherwise as buf_error(out).
 */
int format_ecdsa_from_der(struct slice der, size_t len, struct buf *out)
	MUST_CHECK;

#endif
