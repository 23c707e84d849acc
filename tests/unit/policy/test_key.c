/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_key: which tokens two URIs can both be about.
 *
 * What URIs match and which are refused: test_match.c, test_check.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/key.h"

static void what_is_not_given_agrees(void **state)
{
	assert_true(policy_key_same_token("pkcs11:token=A", "pkcs11:serial=1"));
	assert_true(policy_key_same_token("pkcs11:token=A;object=k",
					  "pkcs11:token=A;serial=1"));
	assert_true(policy_key_same_token("pkcs11:object=k", "pkcs11:token=A"));
}

static void what_is_given_twice_is_the_same(void **state)
{
	assert_false(policy_key_same_token("pkcs11:token=A", "pkcs11:token=B"));
	assert_false(policy_key_same_token("pkcs11:token=A",
					   "pkcs11:token=A%20B"));
	assert_false(policy_key_same_token("pkcs11:token=A;serial=1",
					   "pkcs11:token=A;serial=2"));
	assert_false(policy_key_same_token("pkcs11:model=A", "pkcs11:model=B"));
	assert_false(policy_key_same_token("pkcs11:manufacturer=A",
					   "pkcs11:manufacturer=B"));
}

static void what_is_no_uri_is_about_none(void **state)
{
	assert_false(policy_key_same_token("A", "pkcs11:token=A"));
	assert_false(policy_key_same_token("pkcs11:token=A", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_agrees),
		cmocka_unit_test(what_is_given_twice_is_the_same),
		cmocka_unit_test(what_is_no_uri_is_about_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
