/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test for patience.
 */
#include "broker/patience.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"

#define PAGE "https://bank.example"
#define S CLOCK_NS_PER_S

static unsigned wait_of(const struct patience *p, const char *origin,
			int64_t now)
{
	struct error e;

	if (patience_check(p, 1, origin, now, &e) == 0)
		return 0;
	assert_int_equal(e.code, ERR_QUOTA);
	assert_true(e.retry_after > 0);
	return e.retry_after;
}

static void it_grows_and_ends(void **state)
{
	const unsigned waits[] = { 0, 0, 5, 10, 20, 40, 80, 160, 320, 600,
				   600, 600 };
	struct patience p = { .count = 0 };
	int64_t now = 1000 * S;

	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		patience_refused(&p, 1, PAGE, now);
		assert_int_equal(wait_of(&p, PAGE, now), waits[i]);
		assert_int_equal(wait_of(&p, PAGE, now + 1),
				 waits[i]);
		now += waits[i] * S;
		assert_int_equal(wait_of(&p, PAGE, now), 0);
	}
	patience_fini(&p);
}

static void who_asks_to_be_allowed_waits_at_once(void **state)
{
	struct patience p = { .count = 0 };

	patience_refused(&p, 1, PATIENCE_CANDIDATES, 0);
	assert_int_equal(wait_of(&p, PATIENCE_CANDIDATES, 0), 5);
	patience_refused(&p, 1, PATIENCE_CANDIDATES, 5 * S);
	assert_int_equal(wait_of(&p, PATIENCE_CANDIDATES, 5 * S), 10);
	patience_fini(&p);
}

static void users_and_pages_are_apart(void **state)
{
	struct patience p = { .count = 0 };

	for (unsigned i = 0; i < LIMIT_REFUSALS; i++)
		patience_refused(&p, 1, PAGE, 0);
	assert_int_equal(wait_of(&p, PAGE, 0), 5);
	assert_int_equal(wait_of(&p, "https://other.example", 0), 0);
	assert_int_equal(patience_check(&p, 2, PAGE, 0, NULL), 0);
	patience_fini(&p);
}

static void an_approval_forgives(void **state)
{
	struct patience p = { .count = 0 };

	patience_approved(&p, 1, PAGE);
	patience_refused(&p, 1, "https://first.example", 0);
	for (unsigned i = 0; i < LIMIT_REFUSALS; i++)
		patience_refused(&p, 1, PAGE, 0);
	patience_approved(&p, 1, "https://first.example");
	assert_int_equal(wait_of(&p, PAGE, 0), 5);
	patience_approved(&p, 1, PAGE);
	assert_int_equal(wait_of(&p, PAGE, 0), 0);
	patience_refused(&p, 1, PAGE, 0);
	assert_int_equal(wait_of(&p, PAGE, 0), 0);
	patience_fini(&p);
}

static void a_long_time_forgives(void **state)
{
	const int64_t last = LIMIT_PATIENCE_LAST_SECONDS * S;
	struct patience p = { .count = 0 };

	for (unsigned i = 0; i < LIMIT_REFUSALS; i++)
		patience_refused(&p, 1, PAGE, 0);
	patience_refused(&p, 1, PAGE, 5 * S + last);
	assert_int_equal(wait_of(&p, PAGE, 5 * S + last), 10);
	patience_refused(&p, 1, PAGE, 15 * S + 2 * last + 1);
	assert_int_equal(wait_of(&p, PAGE, 15 * S + 2 * last + 1), 0);
	patience_fini(&p);
}

/* A page cannot be let in earlier by making others be remembered. */
static void who_waits_longest_is_forgotten_last(void **state)
{
	struct patience p = { .count = 0 };
	char other[ORIGIN_SIZE];

	for (unsigned i = 0; i < LIMIT_REFUSALS; i++)
		patience_refused(&p, 1, PAGE, S);
	for (unsigned i = 0; i < 2 * PATIENCE_ENTRIES; i++) {
		snprintf(other, sizeof(other), "https://%u.example", i);
		patience_refused(&p, 1, other, S);
	}
	assert_int_equal(p.count, PATIENCE_ENTRIES);
	assert_int_equal(wait_of(&p, PAGE, S), 5);
	patience_fini(&p);
}

#define TEST(function) cmocka_unit_test(function)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_grows_and_ends),
		TEST(who_asks_to_be_allowed_waits_at_once),
		TEST(users_and_pages_are_apart),
		TEST(an_approval_forgives),
		TEST(a_long_time_forgives),
		TEST(who_waits_longest_is_forgotten_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
