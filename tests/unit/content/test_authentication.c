/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_authentication: a sign-in is bound to origin and nonce, by the hash of
 * the algorithm, and nothing else makes its bytes or bears its name.
 */
#include "read.h"

#include <openssl/sha.h>

#include "base/attr.h"

#define ORIGIN "https://bank.example"
/* 44 characters: 32 bytes of a server's random numbers as base64. */
#define NONCE "12345678123456781234567812345678912345678901"

static struct content *sign_in(const char *origin, const char *nonce,
			       const char *hash)
{
	const struct content_authentication a = { origin, nonce, hash };
	const struct content_input in = {
		.media_type = CONTENT_TYPE_AUTHENTICATION,
		.authentication = &a,
	};

	return read_input(&in);
}

static void sign_in_refused(const char *origin, const char *nonce,
			    const char *words)
{
	const struct content_authentication a = { origin, nonce, "SHA256" };
	const struct content_input in = {
		.media_type = CONTENT_TYPE_AUTHENTICATION,
		.authentication = &a,
	};

	refused_input(&in, ERR_CONTENT, words);
}

static void test_signs_both_hashes(void **state)
{
	struct content *c = sign_in(ORIGIN, NONCE, "SHA256");
	uint8_t wanted[2 * SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)ORIGIN, strlen(ORIGIN), wanted);
	SHA256((const uint8_t *)NONCE, strlen(NONCE),
	       wanted + SHA256_DIGEST_LENGTH);
	assert_true(c->canonical_made);
	assert_int_equal(c->canonical.len, sizeof(wanted));
	assert_memory_equal(c->canonical.ptr, wanted, sizeof(wanted));
	content_free(c);
}

static void test_hash_is_that_of_the_algorithm(void **state)
{
	const struct {
		const char *hash;
		size_t len;
	} hashes[] = { { "SHA256", 64 }, { "SHA384", 96 }, { "SHA512", 128 } };

	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		struct content *c = sign_in(ORIGIN, NONCE, hashes[i].hash);

		assert_int_equal(c->canonical.len, hashes[i].len);
		content_free(c);
	}
}

static void test_shows_both(void **state)
{
	struct content *c = sign_in(ORIGIN, NONCE, "SHA256");

	assert_int_equal(c->kind, CONTENT_AUTHENTICATION);
	assert_false(c->blind);
	assert_int_equal(c->lines_count, 2);
	assert_line(c, "sign-in", ORIGIN);
	assert_line(c, "nonce", NONCE);
	assert_string_equal(content_kind_name(c->kind), "authentication");
	content_free(c);
}

static void test_length_of_the_nonce(void **state)
{
	char nonce[LIMIT_CHALLENGE + 2];

	memset(nonce, 'n', sizeof(nonce));
	nonce[LIMIT_CHALLENGE + 1] = '\0';
	sign_in_refused(ORIGIN, nonce, "129 characters");
	nonce[LIMIT_CHALLENGE] = '\0';
	content_free(sign_in(ORIGIN, nonce, "SHA256"));
	nonce[LIMIT_CHALLENGE_LEAST] = '\0';
	content_free(sign_in(ORIGIN, nonce, "SHA256"));
	nonce[LIMIT_CHALLENGE_LEAST - 1] = '\0';
	sign_in_refused(ORIGIN, nonce, "43 characters");
}

static void test_nonce_is_visible_ascii(void **state)
{
	sign_in_refused(ORIGIN, NONCE "\n", "U+000A");
	sign_in_refused(ORIGIN, NONCE "\xe2\x80\xae", "U+202E");
	sign_in_refused(ORIGIN, NONCE "\xc3\xa9", "challenge_nonce");
}

static void test_origin_is_a_browser_s(void **state)
{
	static const char *const origins[] = {
		"", "bank.example", "http://bank.example",
		"https://bank.example/", "https://Bank.example",
		"https://bank.example:443", "wss://bank.example", "null" };

	for (size_t i = 0; i < ARRAY_LEN(origins); i++)
		sign_in_refused(origins[i], NONCE, "origin");
}

/* Whatever says that it is one, and comes from the caller. */
static void test_nothing_else_bears_its_name(void **state)
{
	static const uint8_t bytes[64] = { 1 };
	static const char *const names[] = {
		CONTENT_TYPE_AUTHENTICATION,
		"Application/VND.signet.authentication; a=b" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct content_input data = {
			.media_type = names[i],
			.data = slice_of(bytes, sizeof(bytes)),
		};
		const struct content_input digest = {
			.media_type = names[i],
			.digest = slice_of(bytes, 32),
			.digest_algorithm = "sha-256",
		};

		refused_input(&data, ERR_CONTENT, "/v1/authentications");
		refused_input(&digest, ERR_CONTENT, "/v1/authentications");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs_both_hashes),
		cmocka_unit_test(test_hash_is_that_of_the_algorithm),
		cmocka_unit_test(test_shows_both),
		cmocka_unit_test(test_length_of_the_nonce),
		cmocka_unit_test(test_nonce_is_visible_ascii),
		cmocka_unit_test(test_origin_is_a_browser_s),
		cmocka_unit_test(test_nothing_else_bears_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
