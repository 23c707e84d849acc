/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_format: what every format refuses before a token is asked, and what a
 * finished signature looks like to the sink.
 */
#include "token.h"

static struct token rsa, p256, p384, ed;

static int set_up(void **state)
{
	token_init(&rsa, WIRE_KEY_RSA, "", "rsa", NULL);
	token_init(&p256, WIRE_KEY_EC, "P-256", "p256", NULL);
	token_init(&p384, WIRE_KEY_EC, "P-384", "p384", NULL);
	token_init(&ed, WIRE_KEY_ED, "Ed25519", "ed", NULL);
	return 0;
}

static int tear_down(void **state)
{
	token_fini(&rsa);
	token_fini(&p256);
	token_fini(&p384);
	token_fini(&ed);
	return 0;
}

static struct format_input input(enum format_kind kind, const char *alg)
{
	return (struct format_input){ .kind = kind,
				      .alg = format_alg_by_name(alg),
				      .detached = true,
				      .content = slice_str("order 17") };
}

/* Must refuse with that code, and leave out alone. */
static void refuses(const struct format_input *in, const struct format_key *key,
		    int code)
{
	struct format_op *op = NULL;
	struct error e;

	error_clear(&e);
	assert_int_equal(format_begin(in, key, &op, &e), code);
	assert_int_equal(e.code, code);
	assert_true(e.message[0] != '\0');
	assert_null(op);
}

static void a_key_does_its_own_algorithms(void **state)
{
	struct format_input in;

	for (int kind = FORMAT_RAW; kind <= FORMAT_CMS; kind++) {
		in = input((enum format_kind)kind, "ES256");
		refuses(&in, &p384.fk, ERR_IMPOSSIBLE);
		refuses(&in, &rsa.fk, ERR_IMPOSSIBLE);
		in = input((enum format_kind)kind, "RS256");
		refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
		in = input((enum format_kind)kind, "EdDSA");
		refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
	}
}

static void a_digest_has_the_right_length_and_place(void **state)
{
	static const uint8_t digest[65] = { 1 };
	struct format_input in = input(FORMAT_RAW, "ES256");

	in.content = slice_of(NULL, 0);
	in.digest = slice_of(digest, 31);
	refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
	in.digest.len = 33;
	refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
	in.digest.len = 32;
	in.content = slice_str("and content");
	refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
	in.content = slice_of(NULL, 0);
	in.kind = FORMAT_JWS;
	refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
	in.kind = FORMAT_CMS;
	in.detached = false;
	refuses(&in, &p256.fk, ERR_IMPOSSIBLE);
	in.alg = format_alg_by_name("EdDSA");
	in.digest.len = 64;
	in.kind = FORMAT_RAW;
	refuses(&in, &ed.fk, ERR_IMPOSSIBLE);
}

static void eddsa_has_its_limit(void **state)
{
	static uint8_t big[LIMIT_EDDSA_MESSAGE + 1];
	struct format_input in = input(FORMAT_RAW, "EdDSA");
	struct format_op *op;
	struct error e;

	in.content = slice_of(big, sizeof(big));
	refuses(&in, &ed.fk, ERR_TOO_LARGE);
	in.content.len--;
	assert_int_equal(format_begin(&in, &ed.fk, &op, &e), 0);
	assert_int_equal(format_op_tbs(op)->data.len, LIMIT_EDDSA_MESSAGE);
	format_op_free(op);
	/* A JWS has its header in the message; CMS signs only attributes. */
	in.kind = FORMAT_JWS;
	refuses(&in, &ed.fk, ERR_TOO_LARGE);
	in.kind = FORMAT_CMS;
	in.content.len++;
	assert_int_equal(format_begin(&in, &ed.fk, &op, &e), 0);
	format_op_free(op);
}

static void content_has_its_limit(void **state)
{
	struct format_input in = input(FORMAT_RAW, "ES256");

	/* Never read: the length alone is refused. */
	in.content.len = (size_t)LIMIT_CONTENT + 1;
	refuses(&in, &p256.fk, ERR_TOO_LARGE);
}

static void a_certificate_is_one_and_of_the_key(void **state)
{
	struct format_input in = input(FORMAT_CMS, "ES256");
	struct format_key key = p256.fk;
	struct slice chain[LIMIT_CHAIN + 1];

	key.certificate = slice_of(NULL, 0);
	refuses(&in, &key, ERR_IMPOSSIBLE);
	key.certificate = rsa.fk.certificate;
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
	key.certificate = slice_str("no certificate");
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
	key = p256.fk;
	key.certificate.len--;
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
	in.kind = FORMAT_JWS;
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
	for (size_t i = 0; i < ARRAY_LEN(chain); i++)
		chain[i] = rsa.fk.certificate;
	key = p256.fk;
	key.chain = chain;
	key.chain_len = ARRAY_LEN(chain);
	refuses(&in, &key, ERR_TOO_LARGE);
	in.kind = FORMAT_CMS;
	key.chain_len = 1;
	chain[0] = slice_str("0");
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
	in.kind = FORMAT_JWS;
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
}

static void a_key_too_short_is_told_before_signing(void **state)
{
	struct format_input in = input(FORMAT_RAW, "PS512");
	struct format_key key = rsa.fk;
	EVP_PKEY *short_key = EVP_PKEY_Q_keygen(NULL, NULL,
	"RSA", (size_t)1024);
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(short_key, &der);

	key.certificate = slice_of(NULL, 0);
	key.spki = slice_of(der, (size_t)len);
	refuses(&in, &key, ERR_IMPOSSIBLE);
	key.spki = p256.fk.spki;
	refuses(&in, &key, ERR_BAD_CERTIFICATE);
	OPENSSL_free(der);
	EVP_PKEY_free(short_key);
}

static void a_signature_of_wrong_length_is_not_put_in(void **state)
{
	static const struct token *const tokens[] = { &rsa, &p256, &ed };
	static const char *const algs[] = { "PS256", "ES256", "EdDSA" };
	static const size_t lens[] = { 256, 64, 64 };
	static uint8_t zeros[300];

	for (size_t i = 0; i < 9; i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		struct format_input in = input((enum format_kind)(i / 3),
					       algs[i % 3]);
		struct format_buf_sink sink;
		struct format_op *op;
		struct error e;
		size_t len = lens[i % 3];

		format_buf_sink_init(&sink, &out);
		assert_int_equal(format_begin(&in, &tokens[i % 3]->fk, &op, &e),
				 0);
		assert_int_equal(format_finish(op, slice_of(zeros, len - 1),
					       &sink.sink, &e), ERR_PROTOCOL);
		assert_int_equal(format_finish(op, slice_of(zeros, len + 1),
					       &sink.sink, &e), ERR_PROTOCOL);
		assert_int_equal(format_finish(op, slice_of(NULL, 0),
					       &sink.sink, &e), ERR_PROTOCOL);
		assert_int_equal(out.len, 0);
		assert_int_equal(format_finish(op, slice_of(zeros, len),
					       &sink.sink, &e), 0);
		assert_true(out.len > 0);
		format_op_free(op);
	}
}

struct counting_sink {
	struct format_sink sink;
	size_t total, largest, fail_after;
};

static int count(struct format_sink *sink, struct slice piece, struct error *e)
{
	struct counting_sink *s = (struct counting_sink *)sink;

	if (s->total >= s->fail_after)
		return error_set(e, ERR_IO, "the disk is full");
	s->total += piece.len;
	if (piece.len > s->largest)
		s->largest = piece.len;
	return 0;
}

static void results_come_in_pieces_and_stop_at_an_error(void **state)
{
	static uint8_t big[1000000], zeros[64];

	for (int kind = FORMAT_JWS; kind <= FORMAT_CMS; kind++) {
		struct format_input in = input((enum format_kind)kind, "ES256");
		struct counting_sink s = { { count }, 0, 0, SIZE_MAX };
		struct format_op *op;
		struct error e;

		in.detached = false;
		in.content = slice_of(big, sizeof(big));
		assert_int_equal(format_begin(&in, &p256.fk, &op, &e), 0);
		assert_int_equal(format_finish(op, slice_of(zeros, 64), &s.sink,
					       &e), 0);
		assert_true(s.total > sizeof(big));
		assert_true(s.largest <= 65536);
		s = (struct counting_sink){ { count }, 0, 0, 100000 };
		assert_int_equal(format_finish(op, slice_of(zeros, 64), &s.sink,
					       &e), ERR_IO);
		assert_true(s.total < 100000 + 65536);
		format_op_free(op);
	}
}

static void the_content_hash_is_of_the_content(void **state)
{
	static const char *const algs[] = { "ES256", "ES384", "EdDSA" };
	static const struct token *const tokens[] = { &p256, &p384, &ed };
	static uint8_t big[200000];
	uint8_t expected[32];
	struct error e;

	memset(big, 'b', sizeof(big));
	assert_int_equal(EVP_Q_digest(NULL, "SHA256", NULL, big, sizeof(big),
				      expected, NULL), 1);
	for (size_t i = 0; i < 18; i++) {
		struct format_input in = input((enum format_kind)(i % 3),
					       algs[i / 3 % 3]);
		struct format_op *op;

		in.detached = i < 9;
		in.content = slice_of(big, sizeof(big));
		assert_int_equal(format_begin(&in, &tokens[i / 3 % 3]->fk, &op,
					      &e), 0);
		assert_memory_equal(format_op_content_sha256(op), expected, 32);
		format_op_free(op);
	}
}

static void a_digest_has_no_content_hash(void **state)
{
	struct format_input in = input(FORMAT_CMS, "ES256");
	uint8_t digest[32] = { 7 };
	struct format_op *op;
	struct error e;

	in.content = slice_of(NULL, 0);
	in.digest = slice_of(digest, sizeof(digest));
	for (int kind = 0; kind < 2; kind++) {
		in.kind = kind == 0 ? FORMAT_RAW : FORMAT_CMS;
		assert_int_equal(format_begin(&in, &p256.fk, &op, &e), 0);
		assert_null(format_op_content_sha256(op));
		format_op_free(op);
	}
	format_op_free(NULL);
}

static void kinds_have_the_names_of_the_api(void **state)
{
	static const char *const names[] = { "raw", "jws", "cms" };
	enum format_kind kind = FORMAT_RAW;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_true(format_kind_by_name(names[i], &kind));
		assert_string_equal(format_kind_name(kind), names[i]);
	}
	assert_false(format_kind_by_name("CMS", &kind));
	assert_false(format_kind_by_name("", &kind));
	assert_int_equal(kind, FORMAT_CMS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_does_its_own_algorithms),
		cmocka_unit_test(a_digest_has_the_right_length_and_place),
		cmocka_unit_test(eddsa_has_its_limit),
		cmocka_unit_test(content_has_its_limit),
		cmocka_unit_test(a_certificate_is_one_and_of_the_key),
		cmocka_unit_test(a_key_too_short_is_told_before_signing),
		cmocka_unit_test(a_signature_of_wrong_length_is_not_put_in),
		cmocka_unit_test(results_come_in_pieces_and_stop_at_an_error),
		cmocka_unit_test(the_content_hash_is_of_the_content),
		cmocka_unit_test(a_digest_has_no_content_hash),
		cmocka_unit_test(kinds_have_the_names_of_the_api),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
