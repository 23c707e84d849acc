/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_jws: the signing input of RFC 7515 and RFC 7797, the header member by
 * member, and signatures that jose takes.
 */
#include "vector.h"

#include <jansson.h>
#include <openssl/hmac.h>

#include "base/b64.h"
#include "format/jws.h"

static struct token ca, rsa, p256, p384, p521, ed;

static const struct {
	const struct token *token;
	const char *alg;
} kinds[] = {
	{ &rsa, "RS256" },  { &rsa, "RS512" },	{ &rsa, "PS256" },
	{ &p256, "ES256" }, { &p384, "ES384" }, { &p521, "ES512" },
	{ &ed, "EdDSA" },
};

static int set_up(void **state)
{
	token_init(&ca, WIRE_KEY_EC, "P-256", "Test CA", NULL);
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

/* RFC 7797 4.2: HMAC over our signing input has to be the RFC's. */
static void the_signing_input_is_that_of_rfc7797(void **state)
{
	struct buf jws AUTO(buf_fini) = { .max = 4096 };
	struct buf key AUTO(buf_fini) = { .max = 64 };
	struct buf input AUTO(buf_fini) = { .max = 4096 };
	struct buf mac AUTO(buf_fini) = { .max = 64 };
	struct slice text = vector_read("rfc7797-4.2.jws", &jws);
	const char *dots = strstr((const char *)text.ptr, "..");
	struct slice header = slice_of(text.ptr, (size_t)(dots -
					       (const char *)text.ptr));
	uint8_t hmac[32];
	struct error e;

	/* RFC 7515 A.1.1, the key of both. */
	assert_int_equal(b64_decode(B64_URL, slice_str(
		"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"
		"aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"), &key), 0);
	assert_int_equal(format_jws_message(header, slice_str("$.02"), false,
					    &input, &e), 0);
	assert_non_null(HMAC(EVP_sha256(), key.ptr, (int)key.len, input.ptr,
			     input.len, hmac, NULL));
	b64_encode(B64_URL, slice_of(hmac, 32), &mac);
	assert_memory_equal(mac.ptr, dots + 2, 43);
	assert_int_equal(mac.len, 43);
}

/* Hashed in pieces is hashed whole, around every border of a piece. */
static void pieces_hash_like_the_whole(void **state)
{
	static uint8_t content[200000];
	static const size_t lens[] = { 0, 1, 2, 3, 49151, 49152, 49153, 65536,
				       98304, 98305, 200000 };
	struct slice header = slice_str("eyJhbGciOiJFUzI1NiJ9");

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < 2 * ARRAY_LEN(lens); i++) {
		struct buf whole AUTO(buf_fini) = { .max = 400000 };
		struct format_digest d AUTO(format_digest_fini) = { NULL, 0 };
		struct slice s = slice_of(content, lens[i / 2]);
		uint8_t a[64], b[64];
		struct error e;

		format_digest_start(&d, WIRE_SHA256);
		assert_int_equal(format_jws_hash(&d, header, s, i % 2, NULL,
						 &e), 0);
		assert_int_equal(format_digest_final(&d, a, &e), 0);
		assert_int_equal(format_jws_message(header, s, i % 2, &whole,
						    &e), 0);
		EVP_Q_digest(NULL, "SHA256", NULL, whole.ptr, whole.len, b,
			     NULL);
		assert_memory_equal(a, b, 32);
	}
}

static json_t *header_of(const struct buf *jws)
{
	struct buf text AUTO(buf_fini) = { .max = 65536 };
	const uint8_t *dot = memchr(jws->ptr, '.', jws->len);
	json_t *json;

	assert_non_null(dot);
	assert_int_equal(b64_decode(B64_URL, slice_of(jws->ptr, (size_t)(dot -
						jws->ptr)), &text), 0);
	json = json_loadb(buf_text(&text), text.len, JSON_REJECT_DUPLICATES,
			  NULL);
	assert_non_null(json);
	return json;
}

static void assert_b64(const json_t *text, enum b64_kind kind, struct slice is)
{
	struct buf b AUTO(buf_fini) = { .max = 65536 };

	b64_encode(kind, is, &b);
	assert_string_equal(json_string_value(text), buf_text(&b));
}

static void the_header_names_the_certificate(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct format_input in = { .kind = FORMAT_JWS,
				   .alg = format_alg_by_name("ES256"),
				   .content = slice_str("x") };
	uint8_t hash[32];
	json_t *h, *x5c;

	token_make(&p256, &in, &out);
	h = header_of(&out);
	x5c = json_object_get(h, "x5c");
	assert_int_equal(json_object_size(h), 3);
	assert_string_equal(json_string_value(json_object_get(h, "alg")),
			    "ES256");
	assert_int_equal(json_array_size(x5c), 2);
	assert_b64(json_array_get(x5c, 0), B64_STD, p256.fk.certificate);
	assert_b64(json_array_get(x5c, 1), B64_STD, ca.fk.certificate);
	EVP_Q_digest(NULL, "SHA256", NULL, p256.fk.certificate.ptr,
		     p256.fk.certificate.len, hash, NULL);
	assert_b64(json_object_get(h, "x5t#S256"), B64_URL, slice_of(hash, 32));
	json_decref(h);
}

static void without_certificate_there_is_a_kid(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct format_input in = { .kind = FORMAT_JWS, .detached = true,
				   .alg = format_alg_by_name("ES256"),
				   .content = slice_str("x.y") };
	struct token bare = p256;
	uint8_t hash[32];
	json_t *h;

	bare.fk.certificate = slice_of(NULL, 0);
	token_make(&bare, &in, &out);
	h = header_of(&out);
	assert_int_equal(json_object_size(h), 4);
	EVP_Q_digest(NULL, "SHA256", NULL, p256.fk.spki.ptr, p256.fk.spki.len,
		     hash, NULL);
	assert_b64(json_object_get(h, "kid"), B64_URL, slice_of(hash, 32));
	assert_true(json_is_false(json_object_get(h, "b64")));
	assert_string_equal(json_string_value(json_array_get(
		json_object_get(h, "crit"), 0)), "b64");
	assert_non_null(strstr(buf_text(&out), ".."));
	json_decref(h);
}

/* Public JWK of a key, written from OpenSSL's parameters. */
static void write_jwk(const struct folder *f, const struct token *t)
{
	struct buf jwk AUTO(buf_fini) = { .max = 4096 };
	const char *names[2][2] = { { "n", "e" }, { "qx", "qy" } };
	const char *members[2][2] = { { "n", "e" }, { "x", "y" } };
	bool ec = t->fk.type == WIRE_KEY_EC;
	size_t size = ((size_t)EVP_PKEY_get_bits(t->key) + 7) / 8;

	buf_printf(&jwk, "{\"kty\":\"%s\"", ec ? "EC" : "RSA");
	if (ec)
		buf_printf(&jwk, ",\"crv\":\"%s\"", t->fk.curve);
	for (int i = 0; i < 2; i++) {
		BIGNUM *n = NULL;
		uint8_t bytes[512];
		int len;

		assert_int_equal(EVP_PKEY_get_bn_param(t->key, names[ec][i],
						       &n), 1);
		len = ec ? BN_bn2binpad(n, bytes, (int)size) :
			   BN_bn2bin(n, bytes);
		buf_printf(&jwk, ",\"%s\":\"", members[ec][i]);
		b64_encode(B64_URL, slice_of(bytes, (size_t)len), &jwk);
		buf_put_str(&jwk, "\"");
		BN_free(n);
	}
	buf_put_str(&jwk, "}");
	folder_write(f, "key.jwk", buf_slice(&jwk));
}

static void jose_takes_what_is_attached(void **state)
{
	struct folder f;

	if (!folder_has_tool("jose"))
		skip();
	folder_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		struct format_input in = {
			.kind = FORMAT_JWS,
			.alg = format_alg_by_name(kinds[i].alg),
			.content = slice_str("<Document>order 17</Document>"),
		};

		/* Debian 12's jose has no EdDSA; the RFC's vector shows it. */
		if (kinds[i].token == &ed)
			continue;
		token_make(kinds[i].token, &in, &out);
		write_jwk(&f, kinds[i].token);
		folder_write(&f, "content", in.content);
		folder_write(&f, "jws", buf_slice(&out));
		assert_int_equal(folder_run(&f, "jose jws ver -i jws -k "
					    "key.jwk -O got && cmp got "
					    "content"),
				 0);
		out.ptr[out.len - 20] = out.ptr[out.len - 20] == 'A' ? 'B' :
								       'A';
		folder_write(&f, "jws", buf_slice(&out));
		assert_int_not_equal(folder_run(&f, "jose jws ver -i jws -k "
						"key.jwk"), 0);
	}
	folder_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_signing_input_is_that_of_rfc7797),
		cmocka_unit_test(pieces_hash_like_the_whole),
		cmocka_unit_test(the_header_names_the_certificate),
		cmocka_unit_test(without_certificate_there_is_a_kid),
		cmocka_unit_test(jose_takes_what_is_attached),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
