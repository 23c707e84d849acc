/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verify_jws: a JWS header is understood whole or refused, and the payload
 * is in one place.
 */
#include "verdict.h"

/* A JWS of this header over t's certificate, signed by ECDSA with that hash. */
static void make_jws(const char *members, const struct token *t,
		     enum wire_hash hash, const char *payload, struct buf *out)
{
	struct buf json AUTO(buf_fini) = { .max = 65536 };
	struct buf raw AUTO(buf_fini) = { .max = 4096 };
	struct format_tbs tbs = { WIRE_ECDSA, hash, { NULL, 0 } };
	uint8_t digest[64];

	buf_printf(&json, "{%s,\"x5c\":[\"", members);
	b64_encode(B64_STD, t->fk.certificate, &json);
	buf_put_str(&json, "\"]}");
	b64_encode(B64_URL, buf_slice(&json), out);
	buf_put_str(out, ".");
	buf_put_str(out, payload);
	EVP_Q_digest(NULL, format_hash_name(hash), NULL, out->ptr, out->len,
		     digest, NULL);
	tbs.data = slice_of(digest, format_hash_len(hash));
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

		make_jws(headers[i].members, &p256, WIRE_SHA256, "eA", &out);
		assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&out), NULL,
					&trust),
			       headers[i].verdict, headers[i].sub);
	}
}

/* A good ECDSA signature by SHA-384, but ES384 is P-384's (RFC 7518 3.4). */
static void an_algorithm_is_of_its_curve(void **state)
{
	static const struct token *const tokens[] = { &p384, &p256 };
	static const char *const subs[] = { "", "SIG_CRYPTO_FAILURE" };
	struct format_trust trust = trusted();

	trust.untrusted = buf_slice(&ca_pem);
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };

		make_jws("\"alg\":\"ES384\"", tokens[i], WIRE_SHA384, "eA",
			 &out);
		assert_string_equal(verified(FORMAT_JWS, NULL, buf_slice(&out),
					     NULL, &trust).sub, subs[i]);
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
	make_jws(plain, &p256, WIRE_SHA256, "$-02", &inside);
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&inside), NULL,
				&trust), "TOTAL-PASSED", "");
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&inside), &content,
				&trust), "TOTAL-PASSED", "");
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&inside), &x,
				&trust), "TOTAL-FAILED", "HASH_FAILURE");
	make_jws("\"alg\":\"ES256\"", &p256, WIRE_SHA256, "e*", &bad);
	assert_verdict(verified(FORMAT_JWS, NULL, buf_slice(&bad), NULL,
				&trust), "TOTAL-FAILED", "FORMAT_FAILURE");
	/* RFC 7515 F: the payload is taken out of an encoded one. */
	make_jws("\"alg\":\"ES256\"", &p256, WIRE_SHA256, "eA", &appendix_f);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_jws_header_is_understood_whole_or_refused),
		cmocka_unit_test(an_algorithm_is_of_its_curve),
		cmocka_unit_test(a_payload_is_in_one_place),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
