/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_raw: a raw signature is what OpenSSL makes and takes by itself: the
 * DigestInfo of RFC 8017 9.2, digests, messages, and ECDSA's two shapes.
 */
#include "token.h"

static struct token rsa, p256, p384, p521, ed;

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
	token_init(&rsa, WIRE_KEY_RSA, "", "rsa", NULL);
	token_init(&p256, WIRE_KEY_EC, "P-256", "p256", NULL);
	token_init(&p384, WIRE_KEY_EC, "P-384", "p384", NULL);
	token_init(&p521, WIRE_KEY_EC, "P-521", "p521", NULL);
	token_init(&ed, WIRE_KEY_ED, "Ed25519", "ed", NULL);
	return 0;
}

static int tear_down(void **state)
{
	token_fini(&rsa);
	token_fini(&p256);
	token_fini(&p384);
	token_fini(&p521);
	token_fini(&ed);
	return 0;
}

/* OpenSSL alone: message, algorithm and key to a verdict. */
static int openssl_verifies(const struct token *t, const struct format_alg *alg,
			    struct slice content, struct slice signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	int ok;

	assert_int_equal(EVP_DigestVerifyInit_ex(ctx, &pctx,
						 format_hash_name(alg->hash),
						 NULL, NULL, t->key, NULL), 1);
	if (alg->mechanism == WIRE_RSA_PSS) {
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST);
	}
	ok = EVP_DigestVerify(ctx, signature.ptr, signature.len, content.ptr,
			      content.len);
	EVP_MD_CTX_free(ctx);
	return ok == 1;
}

static void openssl_takes_every_algorithm(void **state)
{
	static uint8_t content[150000];

	memset(content, 'c', sizeof(content));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf out AUTO(buf_fini) = { .max = LIMIT_SIGNATURE };
		struct format_input in = {
			.kind = FORMAT_RAW,
			.alg = format_alg_by_name(kinds[i].alg),
			.ecdsa_der = true,
			.content = slice_of(content, sizeof(content)),
		};

		token_make(kinds[i].token, &in, &out);
		assert_true(openssl_verifies(kinds[i].token, in.alg, in.content,
					     buf_slice(&out)));
		content[149999] ^= 1;
		assert_false(openssl_verifies(kinds[i].token, in.alg,
					      in.content, buf_slice(&out)));
		content[149999] ^= 1;
	}
}

static void ecdsa_has_the_shape_that_was_asked_for(void **state)
{
	struct buf der AUTO(buf_fini) = { .max = 256 };
	struct buf rs AUTO(buf_fini) = { .max = 256 };
	struct format_input in = { .kind = FORMAT_RAW,
				   .alg = format_alg_by_name("ES512"),
				   .content = slice_str("x") };

	token_make(&p521, &in, &rs);
	assert_int_equal(rs.len, 132);
	in.ecdsa_der = true;
	token_make(&p521, &in, &der);
	assert_int_equal(der.ptr[0], 0x30);
	assert_true(openssl_verifies(&p521, in.alg, in.content,
				     buf_slice(&der)));
}

static void a_digest_signs_like_its_content(void **state)
{
	struct format_input in = { .kind = FORMAT_RAW,
				   .alg = format_alg_by_name("RS384"),
				   .content = slice_str("blind") };
	struct buf whole AUTO(buf_fini) = { .max = 512 };
	struct buf blind AUTO(buf_fini) = { .max = 512 };
	uint8_t digest[48];

	token_make(&rsa, &in, &whole);
	EVP_Q_digest(NULL, "SHA384", NULL, "blind", 5, digest, NULL);
	in.content = slice_of(NULL, 0);
	in.digest = slice_of(digest, sizeof(digest));
	token_make(&rsa, &in, &blind);
	assert_true(slice_equal(buf_slice(&whole), buf_slice(&blind)));
}

static void tbs_is_what_the_mechanism_takes(void **state)
{
	static const size_t lens[] = { 51, 67, 83, 32, 48, 64, 32, 48, 64, 5 };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct format_input in = {
			.kind = FORMAT_RAW,
			.alg = format_alg_by_name(kinds[i].alg),
			.content = slice_str("bytes"),
		};
		struct format_op *op;
		struct error e;

		assert_int_equal(format_begin(&in, &kinds[i].token->fk, &op,
					      &e), 0);
		assert_int_equal(format_op_tbs(op)->data.len, lens[i]);
		assert_int_equal(format_op_tbs(op)->hash, in.alg->hash);
		assert_int_equal(format_op_tbs(op)->mechanism,
				 in.alg->mechanism);
		format_op_free(op);
	}
}

static void no_content_is_content_too(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 256 };
	struct format_input in = { .kind = FORMAT_RAW, .ecdsa_der = true,
				   .alg = format_alg_by_name("ES256") };

	token_make(&p256, &in, &out);
	assert_true(openssl_verifies(&p256, in.alg, slice_str(""),
				     buf_slice(&out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_takes_every_algorithm),
		cmocka_unit_test(ecdsa_has_the_shape_that_was_asked_for),
		cmocka_unit_test(a_digest_signs_like_its_content),
		cmocka_unit_test(tbs_is_what_the_mechanism_takes),
		cmocka_unit_test(no_content_is_content_too),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
