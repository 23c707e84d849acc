/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_alg: which key does which algorithm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/alg.h"

static void every_name_is_found_and_others_are_not(void **state)
{
	static const char *const bad[] = { "", "none", "HS256", "es256",
					   "ES256 ", "ES256K", "RS1" };
	size_t len;
	const struct format_alg *all = format_alg_all(&len);

	assert_int_equal(len, 10);
	for (size_t i = 0; i < len; i++)
		assert_ptr_equal(format_alg_by_name(all[i].name), &all[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_null(format_alg_by_name(bad[i]));
}

static void a_curve_has_one_algorithm(void **state)
{
	const struct format_alg *es256 = format_alg_by_name("ES256");

	assert_true(format_alg_fits(es256, WIRE_KEY_EC, "P-256"));
	assert_false(format_alg_fits(es256, WIRE_KEY_EC, "P-384"));
	assert_false(format_alg_fits(es256, WIRE_KEY_EC, ""));
	assert_false(format_alg_fits(es256, WIRE_KEY_RSA, ""));
	assert_false(format_alg_fits(format_alg_by_name("EdDSA"), WIRE_KEY_ED,
				     "Ed448"));
	assert_true(format_alg_fits(format_alg_by_name("PS512"), WIRE_KEY_RSA,
				    ""));
}

static void the_default_is_of_the_key(void **state)
{
	assert_string_equal(format_alg_default(WIRE_KEY_RSA, "")->name,
			    "RS256");
	assert_string_equal(format_alg_default(WIRE_KEY_EC, "P-256")->name,
			    "ES256");
	assert_string_equal(format_alg_default(WIRE_KEY_EC, "P-384")->name,
			    "ES384");
	assert_string_equal(format_alg_default(WIRE_KEY_EC, "P-521")->name,
			    "ES512");
	assert_string_equal(format_alg_default(WIRE_KEY_ED, "Ed25519")->name,
			    "EdDSA");
	assert_null(format_alg_default(WIRE_KEY_EC, "brainpoolP256r1"));
	assert_null(format_alg_default(WIRE_KEY_ED, "Ed448"));
}

static void hashes_have_name_and_length(void **state)
{
	assert_string_equal(format_hash_name(WIRE_SHA384), "SHA384");
	assert_int_equal(format_hash_len(WIRE_SHA256), 32);
	assert_int_equal(format_hash_len(WIRE_SHA384), 48);
	assert_int_equal(format_hash_len(WIRE_SHA512), 64);
	assert_null(format_hash_name(WIRE_HASH_NONE));
	assert_int_equal(format_hash_len(WIRE_HASH_NONE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_found_and_others_are_not),
		cmocka_unit_test(a_curve_has_one_algorithm),
		cmocka_unit_test(the_default_is_of_the_key),
		cmocka_unit_test(hashes_have_name_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
