/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cms: SignedData that OpenSSL's own CMS reads, verifies, with CAdES
 * checks too, and encodes to the very same bytes; and its attributes.
 */
#include "vector.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#define SIGNING_TIME 1795000000 /* 2026-11-18T10:26:40Z */

static struct token ca, rsa, p256, p384, p521, ed;

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
	token_init(&ca, WIRE_KEY_RSA, "", "Test CA", NULL);
	token_init(&rsa, WIRE_KEY_RSA, "", "rsa", &ca);
	token_init(&p256, WIRE_KEY_EC, "P-256", "p256", &ca);
	token_init(&p384, WIRE_KEY_EC, "P-384", "p384", &ca);
	token_init(&p521, WIRE_KEY_EC, "P-521", "p521", &ca);
	token_init(&ed, WIRE_KEY_ED, "Ed25519", "ed", &ca);
	return 0;
}

static int tear_down(void **state)
{
	token_fini(&ca);
	token_fini(&rsa);
	token_fini(&p256);
	token_fini(&p384);
	token_fini(&p521);
	token_fini(&ed);
	return 0;
}

static struct format_input input(const char *alg, bool detached,
				 struct slice content)
{
	return (struct format_input){ .kind = FORMAT_CMS, .detached = detached,
				      .alg = format_alg_by_name(alg),
				      .signing_time = SIGNING_TIME,
				      .content = content };
}

static CMS_ContentInfo *parse(const struct buf *out)
{
	const uint8_t *at = out->ptr;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)out->len);

	assert_non_null(cms);
	assert_ptr_equal(at, out->ptr + out->len);
	return cms;
}

/* OpenSSL reads our bytes and writes the same: they are DER. */
static void openssl_encodes_the_same_bytes(void **state)
{
	static uint8_t big[70000];
	static const size_t lens[] = { 0, 1, 5, 127, 128, 255, 256, 70000 };

	for (size_t i = 0; i < 2 * ARRAY_LEN(kinds) * ARRAY_LEN(lens); i++) {
		struct buf out AUTO(buf_fini) = { .max = 100000 };
		size_t kind = i / 2 / ARRAY_LEN(lens);
		struct format_input in = input(
			kinds[kind].alg, i % 2,
			slice_of(big, lens[i / 2 % ARRAY_LEN(lens)]));
		uint8_t *der = NULL;
		CMS_ContentInfo *cms;
		int len;

		token_make(kinds[kind].token, &in, &out);
		cms = parse(&out);
		len = i2d_CMS_ContentInfo(cms, &der);
		assert_int_equal(len, out.len);
		assert_memory_equal(der, out.ptr, out.len);
		OPENSSL_free(der);
		CMS_ContentInfo_free(cms);
	}
}

/* CMS_verify with the CA, and with the attributes of CAdES demanded. */
static int openssl_verifies(const struct buf *out, const struct slice *content)
{
	CMS_ContentInfo *cms = parse(out);
	X509_STORE *store = X509_STORE_new();
	BIO *data = content == NULL ? NULL :
		BIO_new_mem_buf(content->ptr, (int)content->len);
	int ok;

	X509_STORE_add_cert(store, ca.x509);
	ok = CMS_verify(cms, NULL, store, data, NULL,
			CMS_BINARY | CMS_CADES);
	ERR_clear_error();
	BIO_free(data);
	X509_STORE_free(store);
	CMS_ContentInfo_free(cms);
	return ok == 1;
}

static void openssl_verifies_every_algorithm(void **state)
{
	static uint8_t big[200000];

	for (size_t i = 0; i < 2 * ARRAY_LEN(kinds); i++) {
		struct buf out AUTO(buf_fini) = { .max = 300000 };
		struct slice content = slice_of(big, sizeof(big));
		bool detached = i % 2;
		struct format_input in = input(kinds[i / 2].alg, detached,
					       content);

		/* OpenSSL 3.0 has no Ed25519 in CMS; see test_verify. */
		if (kinds[i / 2].token == &ed)
			continue;
		token_make(kinds[i / 2].token, &in, &out);
		assert_true(openssl_verifies(&out, detached ? &content : NULL));
		content.len--;
		if (detached)
			assert_false(openssl_verifies(&out, &content));
		out.ptr[out.len - 1] ^= 1;
		content.len++;
		assert_false(openssl_verifies(&out,
					      detached ? &content : NULL));
	}
}

static void the_command_verifies(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct buf pem AUTO(buf_fini) = { .max = 65536 };
	struct slice content = slice_str("<Document>order 17</Document>\r\n");
	struct format_input in = input("ES256", true, content);
	static const char command[] =
		"openssl cms -verify -cades -binary -inform DER -in sig.p7s "
		"-content content -CAfile ca.pem -out got && cmp got content";
	struct folder f;

	if (!folder_has_tool("openssl"))
		skip();
	folder_init(&f);
	token_make(&p256, &in, &out);
	folder_write(&f, "sig.p7s", buf_slice(&out));
	folder_write(&f, "content", content);
	folder_write(&f, "ca.pem", token_pem(ca.x509, &pem));
	assert_int_equal(folder_run(&f, command), 0);
	content.len--;
	folder_write(&f, "content", content);
	assert_int_not_equal(folder_run(&f, command), 0);
	folder_fini(&f);
}

static void a_digest_gives_the_same_as_its_content(void **state)
{
	struct buf whole AUTO(buf_fini) = { .max = 65536 };
	struct buf blind AUTO(buf_fini) = { .max = 65536 };
	struct format_input in = input("RS256", true, slice_str("order"));
	uint8_t digest[32];

	token_make(&rsa, &in, &whole);
	EVP_Q_digest(NULL, "SHA256", NULL, "order", 5, digest, NULL);
	in.content = slice_of(NULL, 0);
	in.digest = slice_of(digest, sizeof(digest));
	token_make(&rsa, &in, &blind);
	assert_true(slice_equal(buf_slice(&whole), buf_slice(&blind)));
}

/* RFC 5652 11.3, on both sides of 2050; and a year that is none. */
static void signing_time_has_the_type_of_its_year(void **state)
{
	static const struct {
		int64_t when;
		int type;
		const char *text;
	} times[] = {
		{ SIGNING_TIME, V_ASN1_UTCTIME, "261118" },
		{ 0, V_ASN1_UTCTIME, "700101000000Z" },
		{ INT64_C(-631152000), V_ASN1_UTCTIME, "500101000000Z" },
		{ INT64_C(-631152001), V_ASN1_GENERALIZEDTIME,
		  "19491231235959Z" },
		{ INT64_C(2524607999), V_ASN1_UTCTIME, "491231235959Z" },
		{ INT64_C(2524608000), V_ASN1_GENERALIZEDTIME,
		  "20500101000000Z" },
	};
	struct format_input in = input("ES256", true, slice_str("x"));
	struct format_op *op;
	struct error e;

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		CMS_ContentInfo *cms;
		const ASN1_STRING *time;

		in.signing_time = times[i].when;
		token_make(&p256, &in, &out);
		cms = parse(&out);
		time = CMS_signed_get0_data_by_OBJ(
			sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0),
			OBJ_nid2obj(NID_pkcs9_signingTime), -3, times[i].type);
		assert_non_null(time);
		assert_memory_equal(ASN1_STRING_get0_data(time), times[i].text,
				    strlen(times[i].text));
		CMS_ContentInfo_free(cms);
	}
	in.signing_time = INT64_C(253402300800); /* 10000-01-01 */
	assert_int_equal(format_begin(&in, &p256.fk, &op, &e), ERR_IMPOSSIBLE);
	in.signing_time = INT64_MAX;
	assert_int_equal(format_begin(&in, &p256.fk, &op, &e), ERR_IMPOSSIBLE);
}

/* The four attributes of CAdES-B-B, and nothing else. */
static void the_attributes_are_four(void **state)
{
	static const int nids[] = { NID_pkcs9_contentType,
				    NID_pkcs9_messageDigest,
				    NID_pkcs9_signingTime,
				    NID_id_smime_aa_signingCertificateV2 };
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct format_input in = input("ES256", true, slice_str("x"));
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
	STACK_OF(X509) *certificates;

	token_make(&p256, &in, &out);
	cms = parse(&out);
	si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	assert_int_equal(CMS_signed_get_attr_count(si), 4);
	assert_int_equal(CMS_unsigned_get_attr_count(si), -1);
	for (size_t i = 0; i < ARRAY_LEN(nids); i++)
		assert_true(CMS_signed_get_attr_by_NID(si, nids[i], -1) >= 0);
	assert_int_equal(CMS_SignerInfo_cert_cmp(si, p256.x509), 0);
	certificates = CMS_get1_certs(cms);
	assert_int_equal(sk_X509_num(certificates), 2);
	sk_X509_pop_free(certificates, X509_free);
	CMS_ContentInfo_free(cms);
}

/* A leaf that is also in the chain is there once (a set has no doubles). */
static void a_certificate_is_there_once(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct format_input in = input("ES256", true, slice_str("x"));
	struct token t = p256;
	STACK_OF(X509) *certificates;
	CMS_ContentInfo *cms;

	t.chain[0] = ca.fk.certificate;
	t.chain[1] = p256.fk.certificate;
	t.fk.chain = t.chain;
	t.fk.chain_len = 2;
	token_make(&t, &in, &out);
	cms = parse(&out);
	certificates = CMS_get1_certs(cms);
	assert_int_equal(sk_X509_num(certificates), 2);
	sk_X509_pop_free(certificates, X509_free);
	CMS_ContentInfo_free(cms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_encodes_the_same_bytes),
		cmocka_unit_test(openssl_verifies_every_algorithm),
		cmocka_unit_test(the_command_verifies),
		cmocka_unit_test(a_digest_gives_the_same_as_its_content),
		cmocka_unit_test(signing_time_has_the_type_of_its_year),
		cmocka_unit_test(the_attributes_are_four),
		cmocka_unit_test(a_certificate_is_there_once),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
