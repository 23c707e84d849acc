/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: verdicts, and the signer they are about.
 */
#include "format/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/check.h"
#include "format/owned.h"

const char *format_verdict_name(enum format_verdict verdict)
{
	switch (verdict) {
	case FORMAT_TOTAL_PASSED:
		return "TOTAL-PASSED";
	case FORMAT_TOTAL_FAILED:
		return "TOTAL-FAILED";
	case FORMAT_INDETERMINATE:
		break;
	}
	return "INDETERMINATE";
}

void format_report_init(struct format_report *r)
{
	memset(r, 0, sizeof(*r));
	r->sub = "";
	r->algorithm = "";
}

int format_report_decide(struct format_report *r, enum format_verdict verdict,
			 const char *sub, const char *text, ...)
{
	va_list ap;

	r->verdict = verdict;
	r->sub = sub;
	va_start(ap, text);
	vsnprintf(r->text, sizeof(r->text), text, ap);
	va_end(ap);
	return FORMAT_DECIDED;
}

void format_signer_fini(struct format_signer *s)
{
	X509_free(s->certificate);
	OPENSSL_free(s->spki_der);
	memset(s, 0, sizeof(*s));
}

static int describe(struct slice der, struct format_report *r, struct error *e)
{
	struct format_certificate c;
	int status = format_certificate_parse(der, &c, e);

	if (status == ERR_BAD_CERTIFICATE)
		return format_report_malformed(
			r, "The signer's certificate cannot be read.");
	if (status != 0)
		return status;
	memcpy(r->signer, c.subject, sizeof(r->signer));
	memcpy(r->issuer, c.issuer, sizeof(r->issuer));
	memcpy(r->serial, c.serial, sizeof(r->serial));
	memcpy(r->certificate_sha256, c.sha256, sizeof(c.sha256));
	r->has_certificate = true;
	return 0;
}

int format_signer_certificate(struct format_signer *s, X509 *x,
			      struct format_report *r, struct error *e)
{
	uint8_t *der AUTO(format_own_bytes) = NULL;
	int len = i2d_X509(x, &der);
	int spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &s->spki_der);

	if (len <= 0 || spki_len <= 0 || X509_up_ref(x) != 1)
		return error_set(e, ERR_NO_MEMORY, "the signer's certificate");
	s->certificate = x;
	s->spki = slice_of(s->spki_der, (size_t)spki_len);
	return describe(slice_of(der, (size_t)len), r, e);
}

int format_signer_given(struct format_signer *s,
			const struct format_trust *trust,
			struct format_report *r, struct error *e)
{
	EVP_PKEY *key AUTO(format_own_pkey) = NULL;
	X509 *x AUTO(format_own_x509) = NULL;

	if (trust->signer.len == 0)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "NO_SIGNING_CERTIFICATE_FOUND",
			"The signature carries no certificate, and none was "
			"given.");
	x = format_own_certificate(trust->signer);
	if (x != NULL)
		return format_signer_certificate(s, x, r, e);
	key = format_own_public(trust->signer);
	if (key == NULL)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "the signer is neither a certificate nor a "
				 "public key in DER");
	s->spki = trust->signer;
	return 0;
}

int format_signer_check(const struct format_signer *s,
			const struct format_tbs *tbs, struct slice signature,
			struct format_report *r, struct error *e)
{
	struct format_public *p;
	int status = format_public_new(s->spki, &p, e);

	if (status == ERR_BAD_CERTIFICATE)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE",
			"The signer's key is of a kind that is not supported.");
	if (status != 0)
		return status;
	status = format_check(p, tbs, signature, e);
	format_public_free(p);
	if (status == ERR_MISMATCH)
		return format_report_decide(
			r, FORMAT_TOTAL_FAILED, "SIG_CRYPTO_FAILURE",
			"The signature was not made by the signer's key, or "
			"was changed.");
	return status;
}

int format_signer_key(const struct format_signer *s, enum wire_key_type *type,
		      const char **curve)
{
	static const char *const curves[][2] = {
		{ "prime256v1", "P-256" },
		{ "secp384r1", "P-384" },
		{ "secp521r1", "P-521" },
	};
	EVP_PKEY *key AUTO(format_own_pkey) = format_own_public(s->spki);
	int id = key == NULL ? 0 : EVP_PKEY_get_base_id(key);
	char group[32] = "";

	*curve = "";
	if (id == EVP_PKEY_RSA) {
		*type = WIRE_KEY_RSA;
		return 0;
	}
	if (id == EVP_PKEY_ED25519) {
		*type = WIRE_KEY_ED;
		*curve = "Ed25519";
		return 0;
	}
	if (id != EVP_PKEY_EC ||
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return ERR_UNSUPPORTED;
	*type = WIRE_KEY_EC;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (strcmp(group, curves[i][0]) == 0)
			*curve = curves[i][1];
	return **curve == '\0' ? ERR_UNSUPPORTED : 0;
}
