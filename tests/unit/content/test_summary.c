/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_summary: a batch is counted exactly, and no payee hides in it.
 */
#include "read.h"

#include "content/summary.h"

static void add_payment(struct content_summary *s, const char *name,
			unsigned account, const char *value,
			const char *currency)
{
	struct content *c;
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"payee\":{\"account\":\"%u\",\"name\":\"%s\"},"
		 "\"total\":{\"currency\":\"%s\",\"value\":\"%s\"}}",
		 account, name, currency, value);
	c = read_text(CONTENT_TYPE_PAYMENT, text);
	assert_int_equal(content_summary_add(s, c, &error), 0);
	content_free(c); /* nothing of it is kept */
}

static void a_batch_is_counted(void **state)
{
	struct content_summary s;
	struct content *blind = read_text("image/png", "x");

	assert_int_equal(content_summary_init(&s, &error), 0);
	add_payment(&s, "A", 1, "0.10", "EUR");
	add_payment(&s, "A", 1, "0.20", "EUR");
	add_payment(&s, "B", 2, "5", "CNY");
	assert_int_equal(content_summary_add(&s, blind, &error), 0);
	assert_int_equal(s.items, 4);
	assert_int_equal(s.blind, 1);
	assert_int_equal(s.payments, 3);
	assert_int_equal(s.sums_count, 2);
	assert_string_equal(s.sums[0].currency, "EUR");
	assert_string_equal(s.sums[0].value, "0.30");
	assert_string_equal(s.sums[1].value, "5");
	assert_int_equal(s.payees_count, 2);
	assert_string_equal(s.payees[0], "A, 1");
	assert_string_equal(s.payees[1], "B, 2");
	assert_int_equal(s.payees_more, 0);
	content_summary_fini(&s);
	content_free(blind);
}

/* The same name with another account is another payee. */
static void payees_are_distinct_by_account(void **state)
{
	struct content_summary s;

	assert_int_equal(content_summary_init(&s, &error), 0);
	add_payment(&s, "A", 1, "1", "EUR");
	add_payment(&s, "A", 2, "1", "EUR");
	assert_int_equal(s.payees_count, 2);
	content_summary_fini(&s);
}

static void the_rest_is_counted_once(void **state)
{
	struct content_summary s;

	assert_int_equal(content_summary_init(&s, &error), 0);
	for (unsigned i = 0; i < 2 * LIMIT_BATCH; i++)
		add_payment(&s, "A", i % LIMIT_BATCH, "1.00", "EUR");
	assert_int_equal(s.payees_count, LIMIT_PAYEES);
	assert_int_equal(s.payees_more, LIMIT_BATCH - LIMIT_PAYEES);
	assert_string_equal(s.payees[99], "A, 99");
	assert_string_equal(s.sums[0].value, "2000.00");
	content_summary_fini(&s);
	content_summary_fini(&s);
	content_summary_fini(NULL);
}

static void currencies_are_bounded(void **state)
{
	struct content_summary s;
	char currency[4] = "AAA", text[256];
	struct content *c;

	assert_int_equal(content_summary_init(&s, &error), 0);
	for (unsigned i = 0; i < LIMIT_CURRENCIES; i++) {
		currency[1] = (char)('A' + i / 26);
		currency[2] = (char)('A' + i % 26);
		add_payment(&s, "A", 1, "1", currency);
	}
	snprintf(text, sizeof(text),
		 "{\"payee\":{\"account\":\"1\",\"name\":\"A\"},"
		 "\"total\":{\"currency\":\"ZZZ\",\"value\":\"1\"}}");
	c = read_text(CONTENT_TYPE_PAYMENT, text);
	assert_int_equal(content_summary_add(&s, c, &error), ERR_CONTENT);
	content_free(c);
	content_summary_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_counted),
		cmocka_unit_test(payees_are_distinct_by_account),
		cmocka_unit_test(the_rest_is_counted_once),
		cmocka_unit_test(currencies_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
