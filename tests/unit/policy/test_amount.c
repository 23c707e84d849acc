/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_amount: decimals are compared as numbers, and never rounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/amount.h"

static void what_is_a_decimal(void **state)
{
	assert_true(policy_amount_valid("0"));
	assert_true(policy_amount_valid("1234.00"));
	assert_true(policy_amount_valid("0001.5"));
	assert_true(policy_amount_valid("123456789012345678901234567.890"));
}

static void what_is_none(void **state)
{
	static const char *const bad[] = {
		"", ".", ".5", "5.", "-1", "+1", " 1", "1 ", "1e3", "0x1",
		"1,000", "1.2.3", "1..2", "nan", "inf", "\xef\xbc\x91",
		"123456789012345678901234567890.1",
		"1234567890123456789012345678901",
	};

	assert_false(policy_amount_valid(NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(policy_amount_valid(bad[i]));
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void they_are_in_the_order_of_their_values(void **state)
{
	static const char *const order[] = {
		"0", "0.000000000000000000000000001", "0.01", "0.1", "0.11",
		"0.2", "1", "1.000000000000000000000000001", "9.99", "10",
		"4999.99", "5000", "5000.0000000000000000000001", "10000",
		"99999999999999999999999999999.8",
		"99999999999999999999999999999.9",
		"100000000000000000000000000000",
	};

	for (int i = 0; i < (int)(sizeof(order) / sizeof(order[0])); i++)
		for (int k = 0; k <= i; k++) {
			assert_int_equal(sign(policy_amount_compare(
						 order[i], order[k])),
					 i > k);
			assert_int_equal(sign(policy_amount_compare(
						 order[k], order[i])),
					 -(i > k));
		}
}

static void one_value_has_many_texts(void **state)
{
	static const char *const same[] = { "5000", "5000.0", "5000.00",
					    "05000", "0005000.000" };

	for (int i = 0; i < 5; i++)
		for (int k = 0; k < 5; k++)
			assert_int_equal(policy_amount_compare(same[i],
							       same[k]), 0);
	assert_int_equal(policy_amount_compare("0.00", "000"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_decimal),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(they_are_in_the_order_of_their_values),
		cmocka_unit_test(one_value_has_many_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
