/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verify_cms: CMS as OpenSSL makes it, several signers, and a certificate
 * that was swapped.
 */
#include "verdict.h"

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

/* RSA-PSS by OpenSSL: ours is a salt as long as the digest, no other. */
static void pss_has_our_salt(void **state)
{
	static const int salts[] = { RSA_PSS_SALTLEN_DIGEST, 20 };
	static const char *const subs[] = { "", "CRYPTO_CONSTRAINTS_FAILURE" };
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();

	trust.untrusted = buf_slice(&ca_pem);
	for (size_t i = 0; i < ARRAY_LEN(salts); i++) {
		BIO *data = BIO_new_mem_buf(content.ptr, (int)content.len);
		CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, data,
						CMS_BINARY | CMS_PARTIAL);
		CMS_SignerInfo *si = CMS_add1_signer(cms, rsa.x509, rsa.key,
						     EVP_sha256(),
						     CMS_KEY_PARAM);
		EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(si);
		uint8_t *der = NULL;
		int len;

		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salts[i]);
		assert_int_equal(CMS_final(cms, data, NULL, CMS_BINARY), 1);
		len = i2d_CMS_ContentInfo(cms, &der);
		assert_string_equal(verified(FORMAT_CMS, NULL,
					     slice_of(der, (size_t)len),
					     &content, &trust).sub, subs[i]);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_openssl_makes_passes),
		cmocka_unit_test(pss_has_our_salt),
		cmocka_unit_test(every_signer_has_to_pass),
		cmocka_unit_test(another_certificate_of_the_key_is_noticed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
