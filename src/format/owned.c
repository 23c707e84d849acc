/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned: OpenSSL's objects as owned locals.
 */
#include "format/owned.h"

#include <limits.h>
#include <openssl/err.h>

#define OWN(name, type, release)             \
	void format_own_##name(type **p)     \
	{                                    \
		release(*p);                 \
		*p = NULL;                   \
	}

OWN(pkey, EVP_PKEY, EVP_PKEY_free)
OWN(pkey_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
OWN(md_ctx, EVP_MD_CTX, EVP_MD_CTX_free)
OWN(x509, X509, X509_free)
OWN(store, X509_STORE, X509_STORE_free)
OWN(store_ctx, X509_STORE_CTX, X509_STORE_CTX_free)
OWN(time, ASN1_TIME, ASN1_TIME_free)
OWN(usages, EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)
OWN(bio, BIO, BIO_free)
OWN(cms, CMS_ContentInfo, CMS_ContentInfo_free)
OWN(bytes, uint8_t, OPENSSL_free)

void format_own_x509s(STACK_OF(X509) **p)
{
	sk_X509_pop_free(*p, X509_free);
	*p = NULL;
}

EVP_PKEY *format_own_public(struct slice spki)
{
	const uint8_t *at = spki.ptr;
	EVP_PKEY *key AUTO(format_own_pkey) = NULL;
	EVP_PKEY *whole;

	if (spki.len == 0 || spki.len > LONG_MAX)
		return NULL;
	key = d2i_PUBKEY(NULL, &at, (long)spki.len);
	ERR_clear_error();
	if (key == NULL || at != spki.ptr + spki.len)
		return NULL;
	whole = key;
	key = NULL;
	return whole;
}

X509 *format_own_certificate(struct slice der)
{
	const uint8_t *at = der.ptr;
	X509 *x AUTO(format_own_x509) = NULL;
	X509 *whole;

	if (der.len == 0 || der.len > LONG_MAX)
		return NULL;
	x = d2i_X509(NULL, &at, (long)der.len);
	ERR_clear_error();
	if (x == NULL || at != der.ptr + der.len)
		return NULL;
	whole = x;
	x = NULL;
	return whole;
}
