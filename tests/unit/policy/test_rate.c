/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rate: no window has more than was allowed, and none waits for ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/attr.h"
#include "policy/rate.h"

#define SECOND 1000000000ll
#define TAKEN 512

static struct policy_rate_window window;
static unsigned wait;

static int fresh(void **state)
{
	window = (struct policy_rate_window){ .slot = 0 };
	wait = 77;
	return 0;
}

static bool take(unsigned count, unsigned seconds, unsigned n, int64_t now)
{
	const struct policy_rate rate = { .count = count, .seconds = seconds };

	return policy_rate_take(&window, &rate, n, now, &wait);
}

static void so_many_and_no_more(void **state)
{
	for (int i = 0; i < 3; i++) {
		assert_true(take(3, 60, 1, 5 * SECOND));
		assert_int_equal(wait, 0);
	}
	assert_false(take(3, 60, 1, 6 * SECOND));
	assert_in_range(wait, 59, 61);
}

static void what_was_told_to_wait_for_is_free_then(void **state)
{
	int64_t now = 123456789;

	for (int i = 0; i < 1000; i++) {
		if (take(7, 10, 1, now)) {
			now += 300000000;
			continue;
		}
		assert_true(wait >= 1 && wait <= 11);
		assert_false(take(7, 10, 1, now));
		now += wait * SECOND;
		assert_true(take(7, 10, 1, now));
	}
}

/* At odd times, with batches; looked at from each one taken. */
static void no_window_has_more(void **state)
{
	static struct {
		int64_t at;
		unsigned n;
	} taken[TAKEN];
	uint64_t random = 42;
	int64_t now = 0;

	for (int i = 0; i < TAKEN;) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		now += (int64_t)(random >> 35);
		taken[i].at = now;
		taken[i].n = (unsigned)(random >> 20) % 4 + 1;
		i += take(20, 3, taken[i].n, now);
	}
	for (int i = 0; i < TAKEN; i++) {
		unsigned sum = 0;

		for (int k = i; k < TAKEN &&
		     taken[k].at - taken[i].at < 3 * SECOND; k++)
			sum += taken[k].n;
		assert_true(sum <= 20);
	}
}

static void a_refusal_takes_nothing(void **state)
{
	assert_true(take(10, 60, 4, 0));
	for (int i = 0; i < 100; i++)
		assert_false(take(10, 60, 7, SECOND));
	assert_true(take(10, 60, 6, SECOND));
}

static void what_never_fits_is_told(void **state)
{
	assert_false(take(10, 60, 11, 0));
	assert_int_equal(wait, 0);
	assert_true(take(10, 60, 10, 0));
}

static void the_numbers_may_be_the_largest(void **state)
{
	assert_true(take(POLICY_RATE_COUNT_MAX, POLICY_RATE_SECONDS_MAX,
			 POLICY_RATE_COUNT_MAX, INT64_MAX / 4));
	assert_false(take(POLICY_RATE_COUNT_MAX, POLICY_RATE_SECONDS_MAX, 1,
			  INT64_MAX / 4 + SECOND));
	assert_true(wait > 0);
	assert_true(take(POLICY_RATE_COUNT_MAX, POLICY_RATE_SECONDS_MAX, 1,
			 INT64_MAX / 4 + (wait + 1) * SECOND));
}

static void another_window_begins_anew(void **state)
{
	assert_true(take(1, 60, 1, 0));
	assert_false(take(1, 60, 1, 0));
	assert_true(take(1, 30, 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(so_many_and_no_more, fresh),
		cmocka_unit_test_setup(what_was_told_to_wait_for_is_free_then,
				       fresh),
		cmocka_unit_test_setup(no_window_has_more, fresh),
		cmocka_unit_test_setup(a_refusal_takes_nothing, fresh),
		cmocka_unit_test_setup(what_never_fits_is_told, fresh),
		cmocka_unit_test_setup(the_numbers_may_be_the_largest, fresh),
		cmocka_unit_test_setup(another_window_begins_anew, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
