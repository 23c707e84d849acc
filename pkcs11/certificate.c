/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: what the key table wants to know of an X.509 certificate.
 */
#include "pkcs11/certificate.h"

#include <openssl/x509v3.h>
#include <time.h>

static void x509_freep(X509 **p)
{
	X509_free(*p);
}

int p11_certificate_read(struct slice der, struct p11_public *pub,
			 int64_t *not_after, bool *ca, struct error *e)
{
	const unsigned char *at = der.ptr;
	AUTO(x509_freep) X509 *x = d2i_X509(NULL, &at, (long)der.len);
	struct tm tm;
	int r;

	if (x == NULL || at != der.ptr + der.len)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "%zu bytes that are no DER certificate",
				 der.len);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "a certificate without an end");
	r = p11_public_x509(x, pub, e);
	if (r != 0)
		return r;
	*not_after = timegm(&tm);
	*ca = (X509_get_extension_flags(x) & EXFLAG_CA) != 0;
	return 0;
}
