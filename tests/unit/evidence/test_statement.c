/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_statement: what a checkpoint says is read strictly, and its signature
 * is judged by the key that it names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/b64.h"
#include "base/err.h"
#include "evidence/checkpoint.h"
#include "evidence/statement.h"
#include "format/alg.h"
#include "format/ecdsa.h"

static const struct store_checkpoint last = { .number = 2, .sequence = 9,
					      .hash = { 0xab } };
static const struct chain head = { .sequence = 12, .hash = { 0xcd } };

static void make(struct slice key, const char *algorithm, struct buf *out)
{
	buf_init(out, STATEMENT_MAX);
	checkpoint_statement(&last, &head, key, algorithm,
			     "2026-11-24T09:30:00.123Z", out);
	assert_int_equal(buf_error(out), 0);
}

static void what_was_stated_is_read(void **state)
{
	struct statement s;
	struct buf text;
	struct error e;

	make(slice_str("key"), NULL, &text);
	assert_int_equal(statement_parse(buf_slice(&text), &s, &e), 0);
	assert_int_equal(s.number, 3);
	assert_int_equal(s.sequence, 12);
	assert_int_equal(s.hash[0], 0xcd);
	assert_int_equal(s.previous[0], 0xab);
	assert_string_equal(s.time, "2026-11-24T09:30:00.123Z");
	assert_string_equal(s.algorithm->name, "EdDSA");
	assert_memory_equal(s.key, "key", 3);
	assert_int_equal(s.key_len, 3);
	buf_fini(&text);
	make(slice_str("key"), "PS256", &text);
	assert_int_equal(statement_parse(buf_slice(&text), &s, &e), 0);
	assert_string_equal(s.algorithm->name, "PS256");
	buf_fini(&text);
}

/* Each of them is one change of the good one. */
static void what_is_not_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} changes[] = {
		{ "{", " {" }, { "}", "}\n" }, { "\"key\"", "\"kez\"" },
		{ "\"hash\":\"cd", "\"hash\":\"CD" },
		{ "\"previous\":\"ab", "\"previous\":\"" },
		{ "\"sequence\":12", "\"sequence\":-1" },
		{ "\"sequence\":12", "\"sequence\":\"12\"" },
		{ "\"checkpoint\":3", "\"checkpoint\":3.0" },
		{ "00.123Z", "00Z" }, { "a2V5", "a2V" }, { "a2V5", "" },
		{ "PS256", "none" }, { "PS256\"", "PS256\",\"algorithm\":1" },
	};
	struct statement s;
	struct buf text;
	struct error e;

	make(slice_str("key"), "PS256", &text);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		const char *whole = buf_text(&text);
		const char *at = strstr(whole, changes[i].from);
		struct buf changed AUTO(buf_fini) = { .max = 8192 };

		assert_non_null(at);
		buf_put(&changed, whole, (size_t)(at - whole));
		buf_put_str(&changed, changes[i].to);
		buf_put_str(&changed, at + strlen(changes[i].from));
		if (statement_parse(buf_slice(&changed), &s, &e) !=
		    ERR_MALFORMED)
			fail_msg("%s", buf_text(&changed));
	}
	buf_fini(&text);
	assert_int_equal(statement_parse(slice_str(""), &s, &e),
			 ERR_MALFORMED);
}

static void too_long_a_one_is_not_parsed(void **state)
{
	static char text[STATEMENT_MAX + 1];
	struct statement s;
	struct error e;

	memset(text, ' ', sizeof(text));
	assert_int_equal(statement_parse(slice_of(text, sizeof(text)), &s, &e),
			 ERR_MALFORMED);
	assert_string_equal(e.message, "it is too long");
}

/* --- signatures ----------------------------------------------------------- */

static size_t sign(EVP_PKEY *key, const EVP_MD *md, struct slice text,
		   uint8_t out[512])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = 512;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, md, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, out, &len, text.ptr, text.len),
			 1);
	EVP_MD_CTX_free(ctx);
	return len;
}

static void check_key(EVP_PKEY *key, const char *algorithm, const EVP_MD *md)
{
	uint8_t signature[512], *spki = NULL;
	int spki_len = i2d_PUBKEY(key, &spki);
	struct buf rs AUTO(buf_fini) = { .max = 132 };
	struct statement s;
	struct slice made;
	struct buf text;
	struct error e;

	make(slice_of(spki, (size_t)spki_len), algorithm, &text);
	assert_int_equal(statement_parse(buf_slice(&text), &s, &e), 0);
	made = slice_of(signature, sign(key, md, buf_slice(&text), signature));
	if (s.algorithm->curve != NULL && md != NULL) {
		assert_int_equal(format_ecdsa_from_der(
			made, format_ecdsa_len(s.algorithm->curve), &rs), 0);
		made = buf_slice(&rs);
	}
	assert_int_equal(statement_check(&s, buf_slice(&text), made, &e), 0);
	assert_int_equal(statement_check(&s, slice_str("other"), made, &e),
			 ERR_BAD_SIGNATURE);
	assert_int_equal(statement_check(&s, buf_slice(&text),
					 slice_of(NULL, 0), &e),
			 ERR_BAD_SIGNATURE);
	s.algorithm = format_alg_by_name(s.algorithm->key == WIRE_KEY_RSA ?
					 "ES256" : "RS256");
	assert_int_equal(statement_check(&s, buf_slice(&text), made, &e),
			 ERR_BAD_SIGNATURE);
	s.key_len = 3;
	assert_int_equal(statement_check(&s, buf_slice(&text), made, &e),
			 ERR_BAD_SIGNATURE);
	buf_fini(&text);
	OPENSSL_free(spki);
	EVP_PKEY_free(key);
}

static void a_signature_is_judged_by_its_algorithm(void **state)
{
	check_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL, NULL);
	check_key(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), "ES256",
		  EVP_sha256());
	check_key(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), "RS256",
		  EVP_sha256());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_stated_is_read),
		cmocka_unit_test(what_is_not_is_refused),
		cmocka_unit_test(too_long_a_one_is_not_parsed),
		cmocka_unit_test(a_signature_is_judged_by_its_algorithm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
