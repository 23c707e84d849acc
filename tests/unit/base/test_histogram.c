/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_histogram: each time is in the first bucket whose bound it does not
 * exceed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/histogram.h"

static void a_bound_belongs_to_its_bucket(void **state)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		struct histogram h = { .ns = 0 };
		int64_t bound = (int64_t)histogram_bound_us[i] * 1000;

		histogram_add(&h, bound);
		histogram_add(&h, bound + 1);
		assert_int_equal(h.buckets[i], 1);
		assert_int_equal(h.buckets[i + 1], 1);
	}
}

static void bounds_grow(void **state)
{
	for (unsigned i = 1; i < HISTOGRAM_BUCKETS - 1; i++)
		assert_true(histogram_bound_us[i - 1] < histogram_bound_us[i]);
}

static void all_are_counted_and_summed(void **state)
{
	struct histogram h = { .ns = 0 };

	assert_int_equal(histogram_count(&h), 0);
	histogram_add(&h, 0);
	histogram_add(&h, 70000);
	histogram_add(&h, INT64_MAX);
	assert_int_equal(histogram_count(&h), 3);
	assert_int_equal(h.buckets[0], 1);
	assert_int_equal(h.buckets[1], 1);
	assert_int_equal(h.buckets[HISTOGRAM_BUCKETS - 1], 1);
	assert_int_equal(h.ns, (uint64_t)INT64_MAX + 70000);
}

static void a_clock_that_went_back_counts_as_nothing(void **state)
{
	struct histogram h = { .ns = 0 };

	histogram_add(&h, -5);
	assert_int_equal(h.buckets[0], 1);
	assert_int_equal(h.ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bound_belongs_to_its_bucket),
		cmocka_unit_test(bounds_grow),
		cmocka_unit_test(all_are_counted_and_summed),
		cmocka_unit_test(a_clock_that_went_back_counts_as_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
