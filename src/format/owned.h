/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned: OpenSSL's objects as owned locals, and the few ways they come to be.
 *
 * Internal to src/format.
 */
#ifndef SIGNET_FORMAT_OWNED_H
#define SIGNET_FORMAT_OWNED_H

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/attr.h"
#include "base/slice.h"

/* For AUTO(): each releases what its argument points to; NULL is allowed. */
void format_own_pkey(EVP_PKEY **p);
void format_own_pkey_ctx(EVP_PKEY_CTX **p);
void format_own_md_ctx(EVP_MD_CTX **p);
void format_own_x509(X509 **p);
void format_own_x509s(STACK_OF(X509) **p);
void format_own_store(X509_STORE **p);
void format_own_store_ctx(X509_STORE_CTX **p);
void format_own_time(ASN1_TIME **p);
void format_own_usages(EXTENDED_KEY_USAGE **p);
void format_own_bio(BIO **p);
void format_own_cms(CMS_ContentInfo **p);
void format_own_bytes(uint8_t **p); /* OPENSSL_malloc */

/*
 * Read the DER of a SubjectPublicKeyInfo or a certificate with nothing behind
 * it.  NULL when it is not one; OpenSSL's error queue is left empty.
 */
EVP_PKEY *format_own_public(struct slice spki);
X509 *format_own_certificate(struct slice der);

#endif
