/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: what an X.509 certificate (RFC 5280) says, as plain values.
 *
 * Pure; any process and thread.  Nothing here decides whether a certificate
 * is to be trusted: that is verify's.
 */
#ifndef SIGNET_FORMAT_CERTIFICATE_H
#define SIGNET_FORMAT_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;

#define FORMAT_CERTIFICATE_NAME 512 /* a name as text; longer ends in "..." */
#define FORMAT_CERTIFICATE_SERIAL 128
#define FORMAT_CERTIFICATE_EXT_USAGES 16u /* further ones are left out */
#define FORMAT_CERTIFICATE_KEY_ID 64u

/* RFC 5280 4.2.1.3, in the order of its bits. */
enum { FORMAT_CERTIFICATE_KEY_USAGES = 9 };

struct format_certificate {
	/*
	 * RFC 4514 text, UTF-8.  Control characters, and those that change the
	 * direction of text, are shown as \XX for each byte.
	 */
	char subject[FORMAT_CERTIFICATE_NAME];
	char issuer[FORMAT_CERTIFICATE_NAME];
	char common_name[FORMAT_CERTIFICATE_NAME]; /* last CN, or "" */
	char serial[FORMAT_CERTIFICATE_SERIAL]; /* hex, '-' when negative */
	int64_t not_before, not_after;		/* seconds since 1970 */
	bool ca;				/* basicConstraints */
	bool self_issued;
	/* "digitalSignature", ...; none when the extension is not there. */
	const char *key_usage[FORMAT_CERTIFICATE_KEY_USAGES];
	size_t key_usage_len;
	/* "clientAuth", "emailProtection", ..., or a dotted OID. */
	char ext_usage[FORMAT_CERTIFICATE_EXT_USAGES][48];
	size_t ext_usage_len;
	uint8_t sha256[32]; /* thumbprint of the DER */
	uint8_t subject_key_id[FORMAT_CERTIFICATE_KEY_ID];
	size_t subject_key_id_len; /* 0: no extension, or too long a value */
	uint8_t authority_key_id[FORMAT_CERTIFICATE_KEY_ID];
	size_t authority_key_id_len;
	/* Point into the DER that was parsed. */
	struct slice spki;
	struct slice subject_der;
	struct slice issuer_der;
};

/*
 * Parse the DER of one certificate, with nothing behind it.  The slices of out
 * point into der, which has to stay.  ERR_BAD_CERTIFICATE: empty, larger than
 * LIMIT_CERTIFICATE, malformed, an extension that cannot be read.
 */
int format_certificate_parse(struct slice der, struct format_certificate *out,
			     struct error *e) MUST_CHECK;

/*
 * Could issuer have issued subject: a CA of that name and, where both say so,
 * that key identifier (RFC 5280 4.2.1.1)?  For finding a chain; the signature
 * is not looked at.  Names are compared byte by byte (RFC 5280 4.1.2.4 has
 * CAs encode them alike).  A self-issued certificate issues itself.
 */
bool format_certificate_issued(const struct format_certificate *issuer,
			       const struct format_certificate *subject);

/* Slices of the DER; issuer and subject are whole Names, serial is content. */
struct format_certificate_parts {
	struct slice serial, issuer, subject, spki;
};

/*
 * Only that, without allocating anything: some hundred nanoseconds, for each
 * signature.  ERR_BAD_CERTIFICATE as above, but extensions are not read.
 */
int format_certificate_split(struct slice der,
			     struct format_certificate_parts *out,
			     struct error *e) MUST_CHECK;

/* Are these two SubjectPublicKeyInfo of the same key, however encoded? */
bool format_certificate_same_key(struct slice a, struct slice b);

#endif
