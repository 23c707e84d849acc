/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sum: money is added and compared exactly, and nothing else is money.
 */
#include "read.h"

#include "content/sum.h"

static void only_decimals_are_valid(void **state)
{
	static const char *const good[] = { "0", "0.00", "1", "1234.50",
		"999999999999999999999.99999999999999999" };
	static const char *const bad[] = { "", ".", "1.", ".5", "-1", "+1",
		"1e3", " 1", "1 ", "01", "00", "1,5", "1.2.3", "0x1",
		"1000000000000000000000", "0.000000000000000000",
		"\xef\xbc\x91" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(content_sum_valid(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (content_sum_valid(bad[i]))
			fail_msg("\"%s\" is taken", bad[i]);
}

static void amounts_are_positive_and_short(void **state)
{
	static const char *const bad[] = { "0", "0.00", "-1",
		"1000000000000000000", "1.000001", "12345678901234.56789" };

	assert_int_equal(content_sum_check("a", "0.01", &error), 0);
	assert_int_equal(content_sum_check("a", "1234567890123.45678",
					   &error), 0);
	assert_int_equal(content_sum_check("a", "999999999999999999",
					   &error), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(content_sum_check("a", bad[i], &error),
				 ERR_CONTENT);
}

static void currencies_are_three_capitals(void **state)
{
	static const char *const bad[] = { "", "CN", "cny", "CNYY", "C1Y",
					   "CN\xd0\xa3" };

	assert_int_equal(content_sum_check_currency("c", "CNY", &error), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(content_sum_check_currency("c", bad[i],
							    &error),
				 ERR_CONTENT);
}

static void compares_values_not_texts(void **state)
{
	assert_true(content_sum_compare("1.5", "1.50") == 0);
	assert_true(content_sum_compare("9", "10") < 0);
	assert_true(content_sum_compare("0.1", "0.09") > 0);
	assert_true(content_sum_compare("0.30000000000000001",
					"0.30000000000000000") > 0);
	assert_true(content_sum_compare("123456789012345678901",
					"123456789012345678900.9") > 0);
}

/* What is no amount is never within a limit. */
static void no_decimal_is_more_than_all(void **state)
{
	assert_true(content_sum_compare("", "5000") > 0);
	assert_true(content_sum_compare("-1", "5000") > 0);
	assert_true(content_sum_compare("5000", "x") < 0);
}

static void added(const char *a, const char *b, const char *sum)
{
	char value[CONTENT_SUM_SIZE];

	snprintf(value, sizeof(value), "%s", a);
	assert_int_equal(content_sum_add(value, b, &error), 0);
	assert_string_equal(value, sum);
}

static void adds_exactly(void **state)
{
	added("0", "0", "0");
	added("0.1", "0.2", "0.3");
	added("18250.00", "4399.5", "22649.50");
	added("999.99", "0.01", "1000.00");
	added("0", "0.05", "0.05");
	added("99999999999999999.99", "0.01", "100000000000000000.00");
}

/* Ten thousand random pairs in cents, against integers. */
static void adds_as_integers_do(void **state)
{
	uint64_t seed = 88172645463325252u;

	for (int i = 0; i < 10000; i++) {
		uint64_t n[2];
		char a[CONTENT_SUM_SIZE], b[CONTENT_SUM_SIZE], sum[64];

		for (int k = 0; k < 2; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			n[k] = seed >> (seed % 50 + 3);
		}
		snprintf(a, sizeof(a), "%ju.%02ju", n[0] / 100, n[0] % 100);
		snprintf(b, sizeof(b), "%ju.%02ju", n[1] / 100, n[1] % 100);
		snprintf(sum, sizeof(sum), "%ju.%02ju", (n[0] + n[1]) / 100,
			 (n[0] + n[1]) % 100);
		assert_int_equal((content_sum_compare(a, b) > 0) -
				 (content_sum_compare(a, b) < 0),
				 (n[0] > n[1]) - (n[0] < n[1]));
		assert_int_equal(content_sum_add(a, b, &error), 0);
		assert_string_equal(a, sum);
	}
}

static void a_sum_that_does_not_fit_is_told(void **state)
{
	char value[CONTENT_SUM_SIZE] = "999999999999999999999.5";

	assert_int_equal(content_sum_add(value, "0.5", &error), ERR_CONTENT);
	assert_string_equal(value, "999999999999999999999.5");
	assert_int_equal(content_sum_add(value, "x", &error), ERR_CONTENT);
}

static void counts_by_currency(void **state)
{
	struct content_sum *sums = NULL;
	size_t count = 0;
	char currency[4] = "AAA";
	int r = 0;

	assert_int_equal(content_sum_count(&sums, &count, "EUR", "1.50",
					   &error), 0);
	assert_int_equal(content_sum_count(&sums, &count, "CNY", "2",
					   &error), 0);
	assert_int_equal(content_sum_count(&sums, &count, "EUR", "0.5",
					   &error), 0);
	assert_int_equal(count, 2);
	assert_string_equal(sums[0].currency, "EUR");
	assert_string_equal(sums[0].value, "2.00");
	assert_string_equal(sums[1].value, "2");
	while (r == 0 && currency[2] <= 'Z') {
		r = content_sum_count(&sums, &count, currency, "1", &error);
		currency[2]++;
	}
	currency[1] = 'B';
	while (r == 0 && currency[2]-- > 'A')
		r = content_sum_count(&sums, &count, currency, "1", &error);
	assert_int_equal(r, ERR_CONTENT);
	assert_int_equal(count, LIMIT_CURRENCIES);
	free(sums);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_decimals_are_valid),
		cmocka_unit_test(amounts_are_positive_and_short),
		cmocka_unit_test(currencies_are_three_capitals),
		cmocka_unit_test(compares_values_not_texts),
		cmocka_unit_test(no_decimal_is_more_than_all),
		cmocka_unit_test(adds_exactly),
		cmocka_unit_test(adds_as_integers_do),
		cmocka_unit_test(a_sum_that_does_not_fit_is_told),
		cmocka_unit_test(counts_by_currency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
