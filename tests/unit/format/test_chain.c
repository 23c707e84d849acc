/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_chain: certificates that expired, were revoked, are for other things, or
 * lead nowhere.
 */
#include "verdict.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_leads_to_a_given_anchor),
		cmocka_unit_test(time_is_the_given_one),
		cmocka_unit_test(revocation_lists_are_heeded),
		cmocka_unit_test(a_certificate_must_be_for_signatures),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
