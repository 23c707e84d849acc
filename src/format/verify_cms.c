/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_cms: SignedData (RFC 5652 5.4, 5.6) and signing-certificate-v2 (RFC
 * 5035).  OpenSSL reads the structure (BER included); the steps are ours, so
 * that each has its own verdict, and Ed25519 (RFC 8419) works, which
 * CMS_verify() of OpenSSL 3.0 does not know.
 */
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "base/limits.h"
#include "format/cms_oid.h"
#include "format/der.h"
#include "format/ecdsa.h"
#include "format/op.h"
#include "format/owned.h"
#include "format/report.h"

#define CMS_SIGNERS 16
#define CMS_ATTRIBUTES 64
#define CMS_ATTRIBUTES_DER (256u * 1024)

/* CMS_signed_get0_data_by_OBJ(): one attribute of that type, with one value. */
#define CMS_SINGLE (-3)

struct signed_data {
	CMS_ContentInfo *cms;	      /* owned */
	STACK_OF(X509) *certificates; /* owned */
	struct slice content;	      /* attached or given */
	const struct format_trust *trust;
};

static void signed_data_fini(struct signed_data *d)
{
	format_own_cms(&d->cms);
	format_own_x509s(&d->certificates);
}

static int parse(struct slice der, struct signed_data *d,
		 struct format_report *r)
{
	const uint8_t *at = der.ptr;

	if (der.len > 0 && der.len <= LONG_MAX)
		d->cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
	ERR_clear_error();
	if (d->cms == NULL || at != der.ptr + der.len ||
	    OBJ_obj2nid(CMS_get0_type(d->cms)) != NID_pkcs7_signed)
		return format_report_malformed(
			r, "This is no CMS SignedData.");
	d->certificates = CMS_get1_certs(d->cms);
	ERR_clear_error();
	return 0;
}

static int find_content(struct signed_data *d, const struct slice *given,
			struct format_report *r)
{
	ASN1_OCTET_STRING **inside = CMS_get0_content(d->cms);

	ERR_clear_error();
	if (inside == NULL || *inside == NULL) {
		if (given == NULL)
			return format_report_decide(
				r, FORMAT_INDETERMINATE,
				"SIGNED_DATA_NOT_FOUND",
				"The content is not in the signature and was "
				"not given.");
		d->content = *given;
		return 0;
	}
	d->content = slice_of(ASN1_STRING_get0_data(*inside),
			      (size_t)ASN1_STRING_length(*inside));
	if (given == NULL || slice_equal(d->content, *given))
		return 0;
	return format_report_decide(
		r, FORMAT_TOTAL_FAILED, "HASH_FAILURE",
		"The signature carries another content than the one given.");
}

/* How each signatureAlgorithm is verified; NONE: by digestAlgorithm. */
static const struct {
	int nid;
	enum wire_mechanism mechanism;
	enum wire_hash hash;
} algorithms[] = {
	{ NID_rsaEncryption, WIRE_RSA_PKCS, WIRE_HASH_NONE },
	{ NID_sha256WithRSAEncryption, WIRE_RSA_PKCS, WIRE_SHA256 },
	{ NID_sha384WithRSAEncryption, WIRE_RSA_PKCS, WIRE_SHA384 },
	{ NID_sha512WithRSAEncryption, WIRE_RSA_PKCS, WIRE_SHA512 },
	{ NID_rsassaPss, WIRE_RSA_PSS, WIRE_HASH_NONE },
	{ NID_ecdsa_with_SHA256, WIRE_ECDSA, WIRE_SHA256 },
	{ NID_ecdsa_with_SHA384, WIRE_ECDSA, WIRE_SHA384 },
	{ NID_ecdsa_with_SHA512, WIRE_ECDSA, WIRE_SHA512 },
	{ NID_ED25519, WIRE_EDDSA, WIRE_SHA512 },
};

static enum wire_hash hash_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	switch (OBJ_obj2nid(oid)) {
	case NID_sha256:
		return WIRE_SHA256;
	case NID_sha384:
		return WIRE_SHA384;
	case NID_sha512:
		return WIRE_SHA512;
	default:
		return WIRE_HASH_NONE;
	}
}

static const struct format_alg *alg_of(enum wire_mechanism mechanism,
				       enum wire_hash hash)
{
	size_t len;
	const struct format_alg *all = format_alg_all(&len);

	if (mechanism == WIRE_EDDSA)
		return hash == WIRE_SHA512 ? format_alg_by_name("EdDSA") : NULL;
	for (size_t i = 0; i < len; i++)
		if (all[i].mechanism == mechanism && all[i].hash == hash)
			return &all[i];
	return NULL;
}

/* PSS has parameters, and only ours: one hash, salt as long as it. */
static bool pss_as_ours(const X509_ALGOR *a, const struct format_alg *alg)
{
	uint8_t *der AUTO(format_own_bytes) = NULL;
	int len = i2d_X509_ALGOR(a, &der);

	return len > 0 && slice_equal(slice_of(der, (size_t)len),
				      format_cms_oid_signature(alg));
}

/* The algorithm, and the hash of the content; NULL for what we do not take. */
static const struct format_alg *find_alg(CMS_SignerInfo *si,
					 enum wire_hash *hash)
{
	X509_ALGOR *digest, *signature;
	const struct format_alg *alg = NULL;
	const ASN1_OBJECT *oid;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
	X509_ALGOR_get0(&oid, NULL, NULL, signature);
	*hash = hash_of(digest);
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (algorithms[i].nid == OBJ_obj2nid(oid) &&
		    (algorithms[i].hash == WIRE_HASH_NONE ||
		     algorithms[i].hash == *hash))
			alg = alg_of(algorithms[i].mechanism, *hash);
	if (alg != NULL && alg->mechanism == WIRE_RSA_PSS &&
	    !pss_as_ours(signature, alg))
		return NULL;
	return alg;
}

static int find_signer(struct signed_data *d, CMS_SignerInfo *si,
		       struct format_signer *s, struct format_report *r,
		       struct error *e)
{
	for (int i = 0; i < sk_X509_num(d->certificates); i++) {
		X509 *x = sk_X509_value(d->certificates, i);

		if (CMS_SignerInfo_cert_cmp(si, x) == 0)
			return format_signer_certificate(s, x, r, e);
	}
	return format_signer_given(s, d->trust, r, e);
}

/* ESSCertIDv2 (RFC 5035 4): hash algorithm, SHA-256 when left out; hash. */
static bool same_certificate(struct slice signing, const X509 *x)
{
	struct format_digest d AUTO(format_digest_fini) = { .ctx = NULL };
	uint8_t *der AUTO(format_own_bytes) = NULL;
	struct cursor c = cursor_of(signing), algorithm;
	enum wire_hash hash = WIRE_SHA256;
	uint8_t digest[FORMAT_DIGEST_MAX];
	int len = i2d_X509(x, &der);

	c = format_der_enter(&c, DER_SEQUENCE);
	c = format_der_enter(&c, DER_SEQUENCE);
	c = format_der_enter(&c, DER_SEQUENCE);
	if (format_der_peek(&c) == DER_SEQUENCE) {
		algorithm = format_der_enter(&c, DER_SEQUENCE);
		signing = format_der_get_whole(&algorithm, DER_OID);
		for (hash = WIRE_SHA512; hash > WIRE_HASH_NONE; hash--)
			if (slice_equal(signing, format_cms_oid_hash(hash)))
				break;
	}
	signing = format_der_get(&c, DER_OCTET_STRING);
	return !c.failed && len > 0 && hash != WIRE_HASH_NONE &&
	       format_digest_of(&d, hash, slice_of(der, (size_t)len), digest,
				NULL) == 0 &&
	       slice_equal(signing, slice_of(digest, format_hash_len(hash)));
}

static int check_signing_certificate(CMS_SignerInfo *si,
				     const struct format_signer *s,
				     struct format_report *r)
{
	const ASN1_OBJECT *oid =
		OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2);
	const ASN1_STRING *value;

	if (CMS_signed_get_attr_by_OBJ(si, oid, -1) < 0)
		return 0; /* plain CMS, without CAdES */
	value = CMS_signed_get0_data_by_OBJ(si, oid, CMS_SINGLE,
					    V_ASN1_SEQUENCE);
	if (value != NULL && s->certificate != NULL &&
	    same_certificate(slice_of(ASN1_STRING_get0_data(value),
				      (size_t)ASN1_STRING_length(value)),
			     s->certificate))
		return 0;
	return format_report_decide(
		r, FORMAT_INDETERMINATE, "NO_SIGNING_CERTIFICATE_FOUND",
		"The certificate is not the one the signer has named.");
}

/* signingTime is a claim: what cannot be read is left out. */
static void read_signing_time(CMS_SignerInfo *si, struct format_report *r)
{
	const ASN1_OBJECT *oid = OBJ_nid2obj(NID_pkcs9_signingTime);
	ASN1_TIME *epoch AUTO(format_own_time) = ASN1_TIME_set(NULL, 0);
	const ASN1_TIME *time;
	int days, seconds;

	time = CMS_signed_get0_data_by_OBJ(si, oid, CMS_SINGLE,
					   V_ASN1_UTCTIME);
	if (time == NULL)
		time = CMS_signed_get0_data_by_OBJ(si, oid, CMS_SINGLE,
						   V_ASN1_GENERALIZEDTIME);
	if (time == NULL || epoch == NULL ||
	    ASN1_TIME_diff(&days, &seconds, epoch, time) != 1)
		return;
	r->has_signing_time = true;
	r->signing_time = (int64_t)days * 86400 + seconds;
}

/* RFC 5652 5.6: contentType and messageDigest, once each, and the truth. */
static int check_attributes(struct signed_data *d, CMS_SignerInfo *si,
			    struct slice digest, struct format_report *r)
{
	const ASN1_OBJECT *type = CMS_signed_get0_data_by_OBJ(
		si, OBJ_nid2obj(NID_pkcs9_contentType), CMS_SINGLE,
		V_ASN1_OBJECT);
	const ASN1_STRING *value = CMS_signed_get0_data_by_OBJ(
		si, OBJ_nid2obj(NID_pkcs9_messageDigest), CMS_SINGLE,
		V_ASN1_OCTET_STRING);

	if (type == NULL || value == NULL ||
	    OBJ_cmp(type, CMS_get0_eContentType(d->cms)) != 0)
		return format_report_malformed(
			r,
			"The signed attributes lack contentType or "
			"messageDigest.");
	if (!slice_equal(digest, slice_of(ASN1_STRING_get0_data(value),
					  (size_t)ASN1_STRING_length(value))))
		return format_report_decide(
			r, FORMAT_TOTAL_FAILED, "HASH_FAILURE",
			"The content is not what was signed: its digest "
			"differs.");
	read_signing_time(si, r);
	return 0;
}

/* signedAttrs in DER with the tag of SET OF: that is what was signed. */
static int encode_attributes(CMS_SignerInfo *si, struct buf *out,
			     struct format_report *r, struct error *e)
{
	struct buf all AUTO(buf_fini) = { .max = CMS_ATTRIBUTES_DER };
	struct slice items[CMS_ATTRIBUTES];
	int n = CMS_signed_get_attr_count(si), len;
	struct cursor c;

	if (n > CMS_ATTRIBUTES)
		return format_report_malformed(
			r, "There are too many signed attributes.");
	for (int i = 0; i < n; i++) {
		uint8_t *der AUTO(format_own_bytes) = NULL;

		len = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), &der);
		if (len > 0)
			buf_put(&all, der, (size_t)len);
	}
	c = cursor_of(buf_slice(&all));
	for (int i = 0; i < n; i++)
		items[i] = format_der_get_whole(&c, DER_SEQUENCE);
	if (c.failed || buf_error(&all) != 0)
		return format_report_malformed(
			r, "The signed attributes cannot be read.");
	format_der_put_set(out, DER_SET, items, (size_t)n);
	return format_buf_error(out, e);
}

static int check_signature(const struct format_signer *s, CMS_SignerInfo *si,
			   const struct format_tbs *tbs,
			   struct format_report *r, struct error *e)
{
	const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(si);
	struct slice signature = slice_of(ASN1_STRING_get0_data(value),
					  (size_t)ASN1_STRING_length(value));
	struct buf rs AUTO(buf_fini) = { .max = FORMAT_ECDSA_DER_MAX };
	enum wire_key_type type;
	const char *curve;

	if (tbs->mechanism != WIRE_ECDSA)
		return format_signer_check(s, tbs, signature, r, e);
	if (format_signer_key(s, &type, &curve) != 0 || type != WIRE_KEY_EC)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE",
			"The signer's key is not on a curve that is accepted.");
	if (format_ecdsa_from_der(signature, format_ecdsa_len(curve), &rs) != 0)
		return format_report_decide(
			r, FORMAT_TOTAL_FAILED, "SIG_CRYPTO_FAILURE",
			"The signature is not one of ECDSA.");
	return format_signer_check(s, tbs, buf_slice(&rs), r, e);
}

/* The signature is over the attributes, or, without any, over the content. */
static int check_signed(struct signed_data *d, CMS_SignerInfo *si,
			const struct format_signer *s,
			const struct format_alg *alg, struct slice digest,
			struct format_report *r, struct error *e)
{
	struct format_digest hash AUTO(format_digest_fini) = { .ctx = NULL };
	struct buf attributes AUTO(buf_fini) = { .max = CMS_ATTRIBUTES_DER };
	uint8_t over[FORMAT_DIGEST_MAX], bytes[FORMAT_DIGEST_INFO_MAX];
	struct format_tbs tbs = { alg->mechanism, alg->hash, d->content };
	bool bare = CMS_signed_get_attr_count(si) < 0;
	int status = bare ? 0 : check_attributes(d, si, digest, r);

	if (status == 0 && !bare) {
		status = encode_attributes(si, &attributes, r, e);
		tbs.data = buf_slice(&attributes);
	}
	if (status == 0 && alg->mechanism != WIRE_EDDSA) {
		status = format_digest_of(&hash, alg->hash, tbs.data, over, e);
		if (status == 0)
			format_tbs_of_digest(&tbs, over, bytes);
	}
	return status != 0 ? status : check_signature(s, si, &tbs, r, e);
}

static int verify_signer(struct signed_data *d, CMS_SignerInfo *si,
			 struct format_report *r, struct error *e)
{
	struct format_digest hash AUTO(format_digest_fini) = { .ctx = NULL };
	struct format_signer s AUTO(format_signer_fini) = { .spki_der = NULL };
	uint8_t digest[FORMAT_DIGEST_MAX];
	enum wire_hash by;
	const struct format_alg *alg = find_alg(si, &by);
	int status;

	if (alg == NULL)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE",
			"The algorithm of the signature is not one that is "
			"accepted.");
	r->algorithm = alg->name;
	status = find_signer(d, si, &s, r, e);
	if (status == 0)
		status = format_digest_of(&hash, by, d->content, digest, e);
	if (status == 0)
		status = check_signed(d, si, &s, alg,
				      slice_of(digest, format_hash_len(by)), r,
				      e);
	if (status == 0)
		status = check_signing_certificate(si, &s, r);
	return status != 0 ? status :
		format_chain_decide(&s, d->certificates, d->trust, r, e);
}

/* The report on the first that does not pass, or on the last. */
static int verify_signers(struct signed_data *d, struct format_report *r,
			  struct error *e)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(d->cms);
	int n = sk_CMS_SignerInfo_num(all), status = 0;

	if (n < 1 || n > CMS_SIGNERS)
		return format_report_malformed(
			r,
			"There is no signature in the SignedData, or too "
			"many.");
	for (int i = 0; i < n && status >= 0; i++) {
		format_report_init(r);
		status = verify_signer(d, sk_CMS_SignerInfo_value(all, i), r,
				       e);
		if (r->verdict != FORMAT_TOTAL_PASSED)
			break;
	}
	return status;
}

int format_verify_cms(struct slice cms, const struct slice *content,
		      const struct format_trust *trust,
		      struct format_report *out, struct error *e)
{
	struct signed_data d AUTO(signed_data_fini) = { .trust = trust };
	struct format_report r;
	int status;

	format_report_init(&r);
	status = parse(cms, &d, &r);
	if (status == 0)
		status = find_content(&d, content, &r);
	if (status == 0)
		status = verify_signers(&d, &r, e);
	ERR_clear_error();
	if (status < 0)
		return status;
	*out = r;
	return 0;
}
