/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: X.509 as plain values; OpenSSL reads it.
 */
#include "format/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "format/der.h"
#include "format/digest.h"
#include "format/name.h"
#include "format/owned.h"

static int bad(struct error *e, const char *what)
{
	return error_set(e, ERR_BAD_CERTIFICATE, "the certificate's %s", what);
}

int format_certificate_split(struct slice der,
			     struct format_certificate_parts *out,
			     struct error *e)
{
	struct format_certificate_parts p;
	struct cursor whole = cursor_of(der), certificate, tbs;

	if (der.len == 0)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "the certificate is empty");
	if (der.len > LIMIT_CERTIFICATE)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "the certificate is larger than %u bytes",
				 LIMIT_CERTIFICATE);
	/* RFC 5280 4.1 */
	certificate = format_der_enter(&whole, DER_SEQUENCE);
	tbs = format_der_enter(&certificate, DER_SEQUENCE);
	format_der_get(&certificate, DER_SEQUENCE);
	format_der_get(&certificate, DER_BIT_STRING);
	if (format_der_peek(&tbs) == DER_CONTEXT_0)
		format_der_get(&tbs, DER_CONTEXT_0);
	p.serial = format_der_get(&tbs, DER_INTEGER);
	format_der_get(&tbs, DER_SEQUENCE);
	p.issuer = format_der_get_whole(&tbs, DER_SEQUENCE);
	format_der_get(&tbs, DER_SEQUENCE);
	p.subject = format_der_get_whole(&tbs, DER_SEQUENCE);
	p.spki = format_der_get_whole(&tbs, DER_SEQUENCE);
	if (tbs.failed || !cursor_done(&certificate) || !cursor_done(&whole))
		return bad(e, "DER is malformed");
	*out = p;
	return 0;
}

bool format_certificate_same_key(struct slice a, struct slice b)
{
	EVP_PKEY *first AUTO(format_own_pkey) = NULL;
	EVP_PKEY *second AUTO(format_own_pkey) = NULL;

	if (slice_equal(a, b))
		return true;
	first = format_own_public(a);
	second = format_own_public(b);
	return first != NULL && second != NULL &&
	       EVP_PKEY_eq(first, second) == 1;
}

static int read_time(const ASN1_TIME *t, int64_t *out)
{
	ASN1_TIME *epoch AUTO(format_own_time) = ASN1_TIME_set(NULL, 0);
	int days, seconds;

	if (epoch == NULL || ASN1_TIME_diff(&days, &seconds, epoch, t) != 1)
		return ERR_BAD_CERTIFICATE;
	*out = (int64_t)days * 86400 + seconds;
	return 0;
}

static int read_serial(X509 *x, struct format_certificate *c)
{
	const ASN1_INTEGER *n = X509_get0_serialNumber(x);
	struct slice s = slice_of(ASN1_STRING_get0_data(n),
				  (size_t)ASN1_STRING_length(n));
	bool negative = ASN1_STRING_type(n) == V_ASN1_NEG_INTEGER;

	if (2 * s.len + 2 > sizeof(c->serial))
		return ERR_BAD_CERTIFICATE;
	if (negative)
		c->serial[0] = '-';
	hex_encode(s, c->serial + negative);
	return 0;
}

static void read_key_usage(X509 *x, struct format_certificate *c)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} usages[FORMAT_CERTIFICATE_KEY_USAGES] = {
		{ KU_DIGITAL_SIGNATURE, "digitalSignature" },
		{ KU_NON_REPUDIATION, "nonRepudiation" },
		{ KU_KEY_ENCIPHERMENT, "keyEncipherment" },
		{ KU_DATA_ENCIPHERMENT, "dataEncipherment" },
		{ KU_KEY_AGREEMENT, "keyAgreement" },
		{ KU_KEY_CERT_SIGN, "keyCertSign" },
		{ KU_CRL_SIGN, "cRLSign" },
		{ KU_ENCIPHER_ONLY, "encipherOnly" },
		{ KU_DECIPHER_ONLY, "decipherOnly" },
	};

	if ((X509_get_extension_flags(x) & EXFLAG_KUSAGE) == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(usages); i++)
		if ((X509_get_key_usage(x) & usages[i].bit) != 0)
			c->key_usage[c->key_usage_len++] = usages[i].name;
}

static void read_ext_usage(X509 *x, struct format_certificate *c)
{
	EXTENDED_KEY_USAGE *all AUTO(format_own_usages) =
		X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);

	for (int i = 0; i < sk_ASN1_OBJECT_num(all) &&
			c->ext_usage_len < FORMAT_CERTIFICATE_EXT_USAGES; i++) {
		const ASN1_OBJECT *usage = sk_ASN1_OBJECT_value(all, i);
		char *text = c->ext_usage[c->ext_usage_len++];
		int nid = OBJ_obj2nid(usage);

		/* OpenSSL's short names differ from the RFC's for these. */
		if (nid != NID_undef)
			snprintf(text, sizeof(c->ext_usage[0]), "%s",
				 format_name_usage(nid));
		else
			OBJ_obj2txt(text, sizeof(c->ext_usage[0]), usage, 1);
	}
}

/* How many bytes were copied: none when there is none, or it is too long. */
static size_t read_key_id(const ASN1_OCTET_STRING *id, uint8_t *out)
{
	size_t len = id == NULL ? 0 : (size_t)ASN1_STRING_length(id);

	if (len == 0 || len > FORMAT_CERTIFICATE_KEY_ID)
		return 0;
	memcpy(out, ASN1_STRING_get0_data(id), len);
	return len;
}

static int read_extensions(X509 *x, struct format_certificate *c,
			   struct error *e)
{
	uint32_t flags;

	/* Makes OpenSSL read all the extensions it knows. */
	X509_check_purpose(x, -1, 0);
	flags = X509_get_extension_flags(x);
	if ((flags & EXFLAG_INVALID) != 0)
		return bad(e, "extensions are malformed");
	c->ca = (flags & EXFLAG_BCONS) != 0 && (flags & EXFLAG_CA) != 0;
	c->self_issued = (flags & EXFLAG_SI) != 0;
	read_key_usage(x, c);
	read_ext_usage(x, c);
	c->subject_key_id_len =
		read_key_id(X509_get0_subject_key_id(x), c->subject_key_id);
	c->authority_key_id_len =
		read_key_id(X509_get0_authority_key_id(x), c->authority_key_id);
	return 0;
}

static int read_names(X509 *x, struct format_certificate *c, struct error *e)
{
	if (format_name_text(X509_get_subject_name(x), c->subject,
			     sizeof(c->subject)) != 0 ||
	    format_name_common(X509_get_subject_name(x), c->common_name,
			       sizeof(c->common_name)) != 0)
		return bad(e, "subject is malformed");
	if (format_name_text(X509_get_issuer_name(x), c->issuer,
			     sizeof(c->issuer)) != 0)
		return bad(e, "issuer is malformed");
	return 0;
}

static int read_all(X509 *x, struct format_certificate *c, struct error *e)
{
	int r;

	if (read_serial(x, c) != 0)
		return bad(e, "serial number is too long");
	if (read_time(X509_get0_notBefore(x), &c->not_before) != 0 ||
	    read_time(X509_get0_notAfter(x), &c->not_after) != 0)
		return bad(e, "validity is malformed");
	r = read_names(x, c, e);
	return r != 0 ? r : read_extensions(x, c, e);
}

int format_certificate_parse(struct slice der, struct format_certificate *out,
			     struct error *e)
{
	struct format_digest digest AUTO(format_digest_fini) = { .ctx = NULL };
	struct format_certificate c = { .ca = false };
	struct format_certificate_parts parts;
	X509 *x AUTO(format_own_x509) = NULL;
	uint8_t hash[FORMAT_DIGEST_MAX];
	int r = format_certificate_split(der, &parts, e);

	if (r != 0)
		return r;
	x = format_own_certificate(der);
	if (x == NULL)
		return bad(e, "content is malformed");
	c.spki = parts.spki;
	c.subject_der = parts.subject;
	c.issuer_der = parts.issuer;
	r = read_all(x, &c, e);
	if (r == 0)
		r = format_digest_of(&digest, WIRE_SHA256, der, hash, e);
	if (r != 0)
		return r;
	memcpy(c.sha256, hash, sizeof(c.sha256));
	*out = c;
	return 0;
}

bool format_certificate_issued(const struct format_certificate *issuer,
			       const struct format_certificate *subject)
{
	struct slice ski = slice_of(issuer->subject_key_id,
				    issuer->subject_key_id_len);
	struct slice aki = slice_of(subject->authority_key_id,
				    subject->authority_key_id_len);

	if (!slice_equal(issuer->subject_der, subject->issuer_der))
		return false;
	if (!issuer->ca && !slice_equal(issuer->spki, subject->spki))
		return false;
	return ski.len == 0 || aki.len == 0 || slice_equal(ski, aki);
}
