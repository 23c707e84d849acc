/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verify: the verdict on good signatures, on each way of spoiling one,
 * and on certificates that expired, were revoked or lead nowhere.
 */
#include "vector.h"

#include <openssl/cms.h>

#include "base/b64.h"
#include "base/clock.h"
#include "format/verify.h"

#define CONTENT "<Document>order 17</Document>"

static struct token root, ca, rsa, p256, p384, p521, ed;
static struct buf root_pem, ca_pem;
static int64_t now;

static const struct {
	const struct token *token;
	const char *alg;
} kinds[] = {
	{ &rsa, "RS256" },  { &rsa, "RS384" },	{ &rsa, "RS512" },
	{ &rsa, "PS256" },  { &rsa, "PS384" },	{ &rsa, "PS512" },
	{ &p256, "ES256" }, { &p384, "ES384" }, { &p521, "ES512" },
	{ &ed, "EdDSA" },
};

static int set_up(void **state)
{
	now = clock_unix();
	token_init(&root, WIRE_KEY_EC, "P-256", "Root CA", NULL);
	token_init(&ca, WIRE_KEY_EC, "P-256", "Issuing CA", &root);
	token_init(&rsa, WIRE_KEY_RSA, "", "rsa", &ca);
	token_init(&p256, WIRE_KEY_EC, "P-256", "p256", &ca);
	token_init(&p384, WIRE_KEY_EC, "P-384", "p384", &ca);
	token_init(&p521, WIRE_KEY_EC, "P-521", "p521", &ca);
	token_init(&ed, WIRE_KEY_ED, "Ed25519", "ed", &ca);
	buf_init(&root_pem, 65536);
	buf_init(&ca_pem, 65536);
	token_pem(root.x509, &root_pem);
	token_pem(ca.x509, &ca_pem);
	return 0;
}

static int tear_down(void **state)
{
	token_fini(&root);
	token_fini(&ca);
	token_fini(&rsa);
	token_fini(&p256);
	token_fini(&p384);
	token_fini(&p521);
	token_fini(&ed);
	buf_fini(&root_pem);
	buf_fini(&ca_pem);
	return 0;
}

static struct format_trust trusted(void)
{
	return (struct format_trust){ .anchors = buf_slice(&root_pem),
				      .time = now };
}

/* Any of the three; alg is of the raw signature. */
static struct format_report verified(enum format_kind kind, const char *alg,
				     struct slice signature,
				     const struct slice *content,
				     const struct format_trust *trust)
{
	struct format_report r;
	struct error e;
	int status;

	memset(&r, 0xff, sizeof(r));
	error_clear(&e);
	if (kind == FORMAT_CMS)
		status = format_verify_cms(signature, content, trust, &r, &e);
	else if (kind == FORMAT_JWS)
		status = format_verify_jws(signature, content, trust, &r, &e);
	else
		status = format_verify_raw(signature, format_alg_by_name(alg),
					   *content, trust, &r, &e);
	if (status != 0)
		fail_msg("no verdict: %s", e.message);
	assert_true(r.text[0] != '\0');
	return r;
}

#define assert_verdict(r, is, why)                                        \
	do {                                                              \
		assert_string_equal((r).sub, why);                        \
		assert_string_equal(format_verdict_name((r).verdict), is); \
	} while (0)

static void make(enum format_kind kind, size_t i, bool detached,
		 struct buf *out)
{
	struct format_input in = { .kind = kind, .detached = detached,
				   .alg = format_alg_by_name(kinds[i].alg),
				   .signing_time = 1795000000,
				   .content = slice_str(CONTENT) };

	token_make(kinds[i].token, &in, out);
}

static void the_vectors_of_the_rfcs_are_intact(void **state)
{
	static const char *const jws[] = { "rfc7515-a.2", "rfc7515-a.3",
					   "rfc8037-a.4" };
	static const char *const algs[] = { "RS256", "ES256", "EdDSA" };

	for (size_t i = 0; i < ARRAY_LEN(jws); i++) {
		struct buf text AUTO(buf_fini) = { .max = 4096 };
		struct buf key AUTO(buf_fini) = { .max = 4096 };
		struct format_trust trust = { .time = now };
		struct format_report r;
		char name[64];

		snprintf(name, sizeof(name), "%s.pem", jws[i]);
		trust.signer = vector_key(name, &key);
		snprintf(name, sizeof(name), "%s.jws", jws[i]);
		vector_read(name, &text);
		r = verified(FORMAT_JWS, NULL, buf_slice(&text), NULL, &trust);
		assert_verdict(r, "INDETERMINATE",
			       "NO_CERTIFICATE_CHAIN_FOUND");
		assert_string_equal(r.algorithm, algs[i]);
		assert_false(r.has_certificate);
		text.ptr[text.len - 5] ^= 1;
		r = verified(FORMAT_JWS, NULL, buf_slice(&text), NULL, &trust);
		assert_verdict(r, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
	}
}

/* Every format and algorithm, attached and detached. */
static void what_we_make_passes(void **state)
{
	struct slice content = slice_str(CONTENT), other = slice_str("other");

	for (size_t i = 0; i < ARRAY_LEN(kinds) * 4; i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = i % 2 ? FORMAT_JWS : FORMAT_CMS;
		bool detached = i / 2 % 2;
		struct format_trust trust = trusted();
		struct format_report r;

		make(kind, i / 4, detached, &out);
		r = verified(kind, NULL, buf_slice(&out),
			     detached ? &content : NULL, &trust);
		assert_verdict(r, "TOTAL-PASSED", "");
		assert_string_equal(r.algorithm, kinds[i / 4].alg);
		assert_string_equal(r.issuer, "CN=Issuing CA,O=Test Bank");
		assert_non_null(strstr(r.signer, ",O=Test Bank"));
		assert_true(r.has_certificate);
		assert_int_equal(r.has_signing_time, kind == FORMAT_CMS);
		if (kind == FORMAT_CMS)
			assert_int_equal(r.signing_time, 1795000000);
		r = verified(kind, NULL, buf_slice(&out), &content, &trust);
		assert_verdict(r, "TOTAL-PASSED", "");
		r = verified(kind, NULL, buf_slice(&out), &other, &trust);
		assert_verdict(r,
		"TOTAL-FAILED", kind == FORMAT_JWS && detached ?
			       "SIG_CRYPTO_FAILURE" : "HASH_FAILURE");
	}
}

static void raw_passes_by_certificate_and_by_key(void **state)
{
	struct slice content = slice_str(CONTENT), other = slice_str("other");

	for (size_t i = 0; i < ARRAY_LEN(kinds) * 2; i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		const struct token *t = kinds[i / 2].token;
		const char *alg = kinds[i / 2].alg;
		struct format_input in = { .kind = FORMAT_RAW,
					   .alg = format_alg_by_name(alg),
					   .ecdsa_der = i % 2,
					   .content = content };
		struct format_trust trust = trusted();
		struct format_report r;

		token_make(t, &in, &out);
		trust.untrusted = buf_slice(&ca_pem);
		trust.signer = t->fk.certificate;
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content, &trust);
		assert_verdict(r, "TOTAL-PASSED", "");
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &other, &trust);
		assert_verdict(r, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
		trust.signer = t->fk.spki;
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content, &trust);
		assert_verdict(r, "INDETERMINATE",
			       "NO_CERTIFICATE_CHAIN_FOUND");
		trust.signer = ca.fk.certificate;
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content, &trust);
		assert_verdict(r, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
		trust.signer = slice_of(NULL, 0);
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content, &trust);
		assert_verdict(r, "INDETERMINATE",
			       "NO_SIGNING_CERTIFICATE_FOUND");
	}
}

/*
 * The versions, and the digestAlgorithms of SignedData, which help a reader to
 * hash while it reads (RFC 5652 5.1): nothing signs them, and nobody relies on
 * them.
 */
static bool is_a_hint(enum format_kind kind, const struct buf *out, size_t i)
{
	static const uint8_t version[] = { 0x02, 0x01 };
	static const uint8_t set[] = { 0x31, 0x0d, 0x30, 0x0b };
	const uint8_t *found = memmem(out->ptr, 64, set, sizeof(set));
	const uint8_t *at = out->ptr + i;

	if (kind != FORMAT_CMS || found == NULL || i < 2)
		return false;
	if (at >= found + 6 && at < found + 15)
		return true;
	return memcmp(at - 2, version, 2) == 0 &&
	       (at[1] == 0x30 || at[1] == 0x31);
}

/* No byte of a signature can be changed and pass. */
static void any_changed_byte_is_noticed(void **state)
{
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();

	for (int k = 0; k < 4; k++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = k % 2 ? FORMAT_JWS : FORMAT_CMS;
		bool detached = k / 2;

		make(kind, 6, detached, &out);
		for (size_t i = 0; i < out.len; i++) {
			struct format_report r;

			out.ptr[i] ^= 1;
			r = verified(kind, NULL, buf_slice(&out),
				     detached ? &content : NULL, &trust);
			if (r.verdict == FORMAT_TOTAL_PASSED &&
			    !is_a_hint(kind, &out, i))
				fail_msg("byte %zu of %zu, format %d", i,
					 out.len, kind);
			out.ptr[i] ^= 1;
		}
	}
}

static void a_cut_signature_is_no_signature(void **state)
{
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();

	for (int k = 0; k < 2; k++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = k ? FORMAT_JWS : FORMAT_CMS;

		make(kind, 6, true, &out);
		for (size_t len = 0; len < out.len; len += 7) {
			struct format_report r = verified(
				kind, NULL, slice_of(out.ptr, len), &content,
				&trust);

			assert_string_equal(format_verdict_name(r.verdict),
					    "TOTAL-FAILED");
		}
		buf_put_u8(&out, 0);
		assert_verdict(verified(kind, NULL, buf_slice(&out), &content,
					&trust),
			       "TOTAL-FAILED", "FORMAT_FAILURE");
	}
}

static void without_content_nothing_is_said(void **state)
{
	struct format_trust trust = trusted();

	for (int k = 0; k < 2; k++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = k ? FORMAT_JWS : FORMAT_CMS;

		make(kind, 6, true, &out);
		assert_verdict(verified(kind, NULL, buf_slice(&out), NULL,
					&trust),
			       "INDETERMINATE", "SIGNED_DATA_NOT_FOUND");
	}
}

/* A JWS over p256's certificate, of this header; signed as it says. */
static void make_jws(const char *members, const struct token *t,
		     enum wire_mechanism mechanism, const char *payload,
		     struct buf *out)
{
	struct buf json AUTO(buf_fini) = { .max = 65536 };
	struct buf raw AUTO(buf_fini) = { .max = 4096 };
	struct format_tbs tbs = { mechanism, WIRE_SHA256, { NULL, 0 } };
	uint8_t digest[32];

	buf_printf(&json, "{%s,\"x5c\":[\"", members);
	b64_encode(B64_STD, t->fk.certificate, &json);
	buf_put_str(&json, "\"]}");
	b64_encode(B64_URL, buf_slice(&json), out);
	buf_put_str(out, ".");
	buf_put_str(out, payload);
	EVP_Q_digest(NULL, "SHA256", NULL, out->ptr, out->len, digest, NULL);
	tbs.data = slice_of(digest, 32);
	token_sign(t->key, &tbs, &raw);
	buf_put_str(out, ".");
	b64_encode(B64_URL, buf_slice(&raw), out);
}

static void a_jws_header_is_understood_whole_or_refused(void **state)
{
	static const struct {
		const char *members, *verdict, *sub;
	} headers[] = {
		{ "\"alg\":\"ES256\"", "TOTAL-PASSED", "" },
		{ "\"alg\":\"ES256\",\"typ\":\"JOSE\"", "TOTAL-PASSED", "" },
		{ "\"alg\":\"ES256\",\"b64\":true,\"crit\":[\"b64\"]",
		  "TOTAL-PASSED", "" },
		{ "\"alg\":\"none\"", "INDETERMINATE",
		  "CRYPTO_CONSTRAINTS_FAILURE" },
		{ "\"alg\":\"HS256\"", "INDETERMINATE",
		  "CRYPTO_CONSTRAINTS_FAILURE" },
		{ "\"alg\":\"ES384\"", "TOTAL-FAILED", "SIG_CRYPTO_FAILURE" },
		{ "\"alg\":\"RS256\"", "TOTAL-FAILED", "SIG_CRYPTO_FAILURE" },
		{ "\"alg\":1", "TOTAL-FAILED", "FORMAT_FAILURE" },
		{ "\"typ\":\"JOSE\"", "TOTAL-FAILED", "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"alg\":\"ES256\"", "TOTAL-FAILED",
		  "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"crit\":[]", "TOTAL-FAILED",
		  "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1",
		  "TOTAL-FAILED", "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"crit\":[\"b64\"]", "TOTAL-FAILED",
		  "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"b64\":true", "TOTAL-FAILED",
		  "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"b64\":\"false\",\"crit\":[\"b64\"]",
		  "TOTAL-FAILED", "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"b64\":true,\"crit\":[\"b64\",\"b64\"]",
		  "TOTAL-FAILED", "FORMAT_FAILURE" },
		{ "\"alg\":\"ES256\",\"x5t#S256\":\"AAAA\"", "INDETERMINATE",
		  "NO_SIGNING_CERTIFICATE_FOUND" },
		{ "\"alg\":\"ES256\",\"x5t#S256\":7", "INDETERMINATE",
		  "NO_SIGNING_CERTIFICATE_FOUND" },
	};
	struct format_trust trust = trusted();

	trust.untrusted = buf_slice(&ca_pem);
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };

		make_jws(headers[i].members, &p256, WIRE_ECDSA, "eA", &out);
		assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&out), NULL,
					&trust),
			       headers[i].verdict, headers[i].sub);
	}
}

/* b64=false with the payload in it (RFC 7797 5.2), and its absence. */
static void a_payload_is_in_one_place(void **state)
{
	static const char plain[] =
		"\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]";
	struct format_trust trust = trusted();
	struct slice content = slice_str("$-02"), x = slice_str("x");
	struct buf inside AUTO(buf_fini) = { .max = 65536 };
	struct buf bad AUTO(buf_fini) = { .max = 65536 };
	struct buf appendix_f AUTO(buf_fini) = { .max = 65536 };
	uint8_t *dot;

	trust.untrusted = buf_slice(&ca_pem);
	make_jws(plain, &p256, WIRE_ECDSA, "$-02", &inside);
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&inside), NULL,
				&trust), "TOTAL-PASSED", "");
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&inside), &content,
				&trust), "TOTAL-PASSED", "");
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&inside), &x,
				&trust), "TOTAL-FAILED", "HASH_FAILURE");
	make_jws("\"alg\":\"ES256\"", &p256, WIRE_ECDSA, "e*", &bad);
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&bad), NULL,
				&trust), "TOTAL-FAILED", "FORMAT_FAILURE");
	/* RFC 7515 F: the payload is taken out of an encoded one. */
	make_jws("\"alg\":\"ES256\"", &p256, WIRE_ECDSA, "eA", &appendix_f);
	dot = memchr(appendix_f.ptr, '.', appendix_f.len);
	memmove(dot + 1, dot + 3, (size_t)(appendix_f.ptr + appendix_f.len -
					   dot - 3));
	appendix_f.len -= 2;
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&appendix_f), &x,
				&trust), "TOTAL-PASSED", "");
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&appendix_f),
				&content, &trust), "TOTAL-FAILED",
		       "SIG_CRYPTO_FAILURE");
}

/* CMS as OpenSSL makes it: other order, sid by key, RSA without attributes. */
static void what_openssl_makes_passes(void **state)
{
	static const unsigned flags[] = {
		CMS_BINARY, CMS_BINARY | CMS_DETACHED,
		CMS_BINARY | CMS_DETACHED | CMS_NOATTR,
		CMS_BINARY | CMS_USE_KEYID, CMS_BINARY | CMS_CADES,
	};
	struct slice content = slice_str(CONTENT), other = slice_str("other");
	struct format_trust trust = trusted();

	trust.untrusted = buf_slice(&ca_pem);
	for (size_t i = 0; i < 2 * ARRAY_LEN(flags); i++) {
		const struct token *t = i % 2 ? &rsa : &p256;
		BIO *data = BIO_new_mem_buf(content.ptr, (int)content.len);
		CMS_ContentInfo *cms = CMS_sign(t->x509, t->key, NULL, data,
						flags[i / 2]);
		uint8_t *der = NULL;
		int len = i2d_CMS_ContentInfo(cms, &der);
		struct slice sig = slice_of(der, (size_t)len);

		assert_true(len > 0);
		assert_verdict(verified(FORMAT_CMS, NULL, sig, &content,
					&trust), "TOTAL-PASSED", "");
		assert_string_equal(format_verdict_name(
			verified(FORMAT_CMS, NULL, sig, &other, &trust)
				.verdict), "TOTAL-FAILED");
		OPENSSL_free(der);
		CMS_ContentInfo_free(cms);
		BIO_free(data);
	}
}

/* Two signers: one bad spoils it. */
static void every_signer_has_to_pass(void **state)
{
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();
	BIO *data = BIO_new_mem_buf(content.ptr, (int)content.len);
	EVP_PKEY *stranger = token_make_key(WIRE_KEY_EC, "P-256");
	X509 *unknown = token_certify(stranger, "unknown", NULL, stranger, -1,
				      30);
	CMS_ContentInfo *cms = CMS_sign(p256.x509, p256.key, NULL, data,
					CMS_BINARY | CMS_PARTIAL);
	uint8_t *der = NULL;
	int len;

	trust.untrusted = buf_slice(&ca_pem);
	assert_non_null(CMS_add1_signer(cms, unknown, stranger, EVP_sha256(),
					0));
	assert_int_equal(CMS_final(cms, data, NULL, CMS_BINARY), 1);
	len = i2d_CMS_ContentInfo(cms, &der);
	assert_verdict(verified(FORMAT_CMS, NULL, slice_of(der, (size_t)len),
				&content, &trust),
		       "INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND");
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(data);
	X509_free(unknown);
	EVP_PKEY_free(stranger);
}

/*
 * p256's certificate again, to another date, with the same serial number, and
 * as long: ECDSA's DER varies by some bytes, so until one fits.
 */
static void make_twin(struct token *twin)
{
	*twin = p256;
	twin->spki = twin->certificate = NULL;
	twin->x509 = token_certify(p256.key, "p256", ca.x509, ca.key, -1, 99);
	ASN1_INTEGER_set(X509_get_serialNumber(twin->x509),
			 ASN1_INTEGER_get(
				 X509_get0_serialNumber(p256.x509)));
	do {
		assert_true(X509_sign(twin->x509, ca.key, EVP_sha256()) > 0);
		token_refresh(twin);
	} while (twin->fk.certificate.len != p256.fk.certificate.len);
}

/* The certificate in the CMS swapped for another of the same key. */
static void another_certificate_of_the_key_is_noticed(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();
	struct token twin;
	uint8_t *found;

	make_twin(&twin);
	make(FORMAT_CMS, 6, true, &out);
	found = memmem(out.ptr, out.len, p256.fk.certificate.ptr,
		       p256.fk.certificate.len);
	assert_non_null(found);
	memcpy(found, twin.fk.certificate.ptr, twin.fk.certificate.len);
	assert_verdict(verified(FORMAT_CMS, NULL, buf_slice(&out), &content,
				&trust),
		       "INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND");
	OPENSSL_free(twin.spki);
	OPENSSL_free(twin.certificate);
	X509_free(twin.x509);
}

static struct format_report chained(const struct token *t,
				    const struct format_trust *trust)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct slice content = slice_str(CONTENT);
	struct format_input in = { .kind = FORMAT_CMS, .detached = true,
				   .alg = format_alg_by_name("ES256"),
				   .content = content };

	token_make(t, &in, &out);
	return verified(FORMAT_CMS, NULL, buf_slice(&out), &content, trust);
}

static void a_chain_leads_to_a_given_anchor(void **state)
{
	struct format_trust trust = { .time = now };
	struct token bare = p256;
	struct token stranger;
	struct buf pem AUTO(buf_fini) = { .max = 65536 };

	assert_verdict(chained(&p256, &trust), "INDETERMINATE",
		       "NO_CERTIFICATE_CHAIN_FOUND");
	trust.anchors = buf_slice(&ca_pem); /* an intermediate is enough */
	assert_verdict(chained(&p256, &trust), "TOTAL-PASSED", "");
	trust = trusted();
	bare.fk.chain_len = 0;
	assert_verdict(chained(&bare, &trust), "INDETERMINATE",
		       "NO_CERTIFICATE_CHAIN_FOUND");
	trust.untrusted = buf_slice(&ca_pem);
	assert_verdict(chained(&bare, &trust), "TOTAL-PASSED", "");
	token_init(&stranger, WIRE_KEY_EC, "P-256", "Root CA", NULL);
	trust.anchors = token_pem(stranger.x509, &pem);
	assert_verdict(chained(&p256, &trust), "INDETERMINATE",
		       "NO_CERTIFICATE_CHAIN_FOUND");
	token_fini(&stranger);
}

static void time_is_the_given_one(void **state)
{
	struct format_trust trust = trusted();
	struct token old = p256;

	old.certificate = NULL;
	old.spki = NULL;
	old.x509 = token_certify(p256.key, "old", ca.x509, ca.key, -1, 30);
	token_refresh(&old);
	assert_verdict(chained(&old, &trust), "TOTAL-PASSED", "");
	trust.time = now + 31 * TOKEN_DAY;
	assert_verdict(chained(&old, &trust), "TOTAL-FAILED", "EXPIRED");
	assert_verdict(chained(&p256, &trust), "TOTAL-PASSED", "");
	trust.time = now - 2 * TOKEN_DAY;
	assert_verdict(chained(&old, &trust), "TOTAL-FAILED", "NOT_YET_VALID");
	OPENSSL_free(old.spki);
	OPENSSL_free(old.certificate);
	X509_free(old.x509);
}

/* A list of issuer, with the serial number of one certificate or none. */
static void make_crl(const struct token *issuer, X509 *revoked, int64_t until,
		     struct buf *out)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)(now - TOKEN_DAY / 2));
	BIO *bio = BIO_new(BIO_s_mem());
	X509_REVOKED *entry;
	char *text;
	long len;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x509));
	X509_CRL_set1_lastUpdate(crl, t);
	if (revoked != NULL) {
		entry = X509_REVOKED_new();
		X509_REVOKED_set_serialNumber(entry,
					      X509_get_serialNumber(revoked));
		X509_REVOKED_set_revocationDate(entry, t);
		X509_CRL_add0_revoked(crl, entry);
	}
	ASN1_TIME_set(t, (time_t)until);
	X509_CRL_set1_nextUpdate(crl, t);
	assert_true(X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509_CRL(bio, crl), 1);
	len = BIO_get_mem_data(bio, &text);
	buf_put(out, text, (size_t)len);
	BIO_free(bio);
	ASN1_TIME_free(t);
	X509_CRL_free(crl);
}

static void revocation_lists_are_heeded(void **state)
{
	static const struct {
		bool by_ca, leaf, intermediate;
		int days;
		const char *verdict, *sub;
	} cases[] = {
		{ true, false, false, 9, "TOTAL-PASSED", "" },
		{ true, true, false, 9, "TOTAL-FAILED", "REVOKED" },
		{ true, false, true, 9, "INDETERMINATE", "REVOKED_CA_NO_POE" },
		{ false, false, false, 9, "INDETERMINATE", "TRY_LATER" },
		{ true, false, false, -1, "INDETERMINATE", "TRY_LATER" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf crls AUTO(buf_fini) = { .max = 65536 };
		struct format_trust trust = trusted();
		int64_t until = now + cases[i].days * TOKEN_DAY / 4;

		if (cases[i].by_ca)
			make_crl(&ca, cases[i].leaf ? p256.x509 : NULL, until,
				 &crls);
		if (cases[i].intermediate || !cases[i].by_ca)
			make_crl(&root,
				 cases[i].intermediate ? ca.x509 : NULL, until,
				 &crls);
		trust.crls = buf_slice(&crls);
		assert_verdict(chained(&p256, &trust), cases[i].verdict,
			       cases[i].sub);
	}
}

/* A certificate for other things, and one by something that is no CA. */
static void a_certificate_must_be_for_signatures(void **state)
{
	struct format_trust trust = trusted();
	struct token t = p256, by_leaf = p256;

	t.x509 = token_certify(p256.key, "not CA really", ca.x509, ca.key, -1,
			       30);
	t.certificate = t.spki = NULL;
	token_refresh(&t);
	assert_verdict(chained(&t, &trust), "INDETERMINATE",
		       "CHAIN_CONSTRAINTS_FAILURE");
	OPENSSL_free(t.spki);
	OPENSSL_free(t.certificate);
	X509_free(t.x509);
	by_leaf.x509 = token_certify(p256.key, "by a leaf", p256.x509,
				     p256.key, -1, 30);
	by_leaf.certificate = by_leaf.spki = NULL;
	token_refresh(&by_leaf);
	by_leaf.chain[0] = p256.fk.certificate;
	by_leaf.chain[1] = ca.fk.certificate;
	by_leaf.fk.chain = by_leaf.chain;
	by_leaf.fk.chain_len = 2;
	assert_verdict(chained(&by_leaf, &trust), "INDETERMINATE",
		       "CERTIFICATE_CHAIN_GENERAL_FAILURE");
	OPENSSL_free(by_leaf.spki);
	OPENSSL_free(by_leaf.certificate);
	X509_free(by_leaf.x509);
}

static void trust_that_cannot_be_read_is_an_error(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct slice content = slice_str(CONTENT);
	struct format_report r = { .sub = "untouched" };
	struct error e;

	make(FORMAT_CMS, 6, true, &out);
	for (int i = 0; i < 3; i++) {
		struct format_trust trust = trusted();

		if (i == 0)
			trust.anchors = slice_str("not PEM");
		else if (i == 1)
			trust.crls = buf_slice(&root_pem);
		else
			trust.untrusted = slice_str(
			"-----BEGIN CERTIFICATE-----"
						    "\nAAAA\n");
		assert_int_equal(format_verify_cms(buf_slice(&out), &content,
						   &trust, &r, &e),
				 ERR_BAD_CERTIFICATE);
		assert_string_equal(r.sub, "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_rfcs_are_intact),
		cmocka_unit_test(what_we_make_passes),
		cmocka_unit_test(raw_passes_by_certificate_and_by_key),
		cmocka_unit_test(any_changed_byte_is_noticed),
		cmocka_unit_test(a_cut_signature_is_no_signature),
		cmocka_unit_test(without_content_nothing_is_said),
		cmocka_unit_test(a_jws_header_is_understood_whole_or_refused),
		cmocka_unit_test(a_payload_is_in_one_place),
		cmocka_unit_test(what_openssl_makes_passes),
		cmocka_unit_test(every_signer_has_to_pass),
		cmocka_unit_test(another_certificate_of_the_key_is_noticed),
		cmocka_unit_test(a_chain_leads_to_a_given_anchor),
		cmocka_unit_test(time_is_the_given_one),
		cmocka_unit_test(revocation_lists_are_heeded),
		cmocka_unit_test(a_certificate_must_be_for_signatures),
		cmocka_unit_test(trust_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
