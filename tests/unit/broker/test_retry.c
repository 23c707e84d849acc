/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_retry: ever longer pauses, and one line of log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/retry.h"

/* Lines of log that have text while run() runs. */
static unsigned lines(void (*run)(struct retry *r), struct retry *r,
		      const char *text)
{
	char line[2048];
	unsigned n = 0;
	int kept = dup(STDERR_FILENO);
	FILE *f = tmpfile();

	dup2(fileno(f), STDERR_FILENO);
	run(r);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, text) != NULL;
	fclose(f);
	return n;
}

static void fail_once(struct retry *r)
{
	struct error e;

	error_set(&e, ERR_IO, "it broke");
	retry_failed(r, "thing", 5000, &e);
}

static void fail_thrice(struct retry *r)
{
	for (int i = 0; i < 3; i++)
		fail_once(r);
}

static void mend(struct retry *r)
{
	retry_good(r, "thing works again");
}

/* The pause behind the last failure, to the next 100 ms. */
static int64_t pause_ms(const struct retry *r)
{
	int64_t left = r->at_ns - clock_mono_ns();

	return (left + 99 * CLOCK_NS_PER_MS) / (100 * CLOCK_NS_PER_MS) * 100;
}

static void pauses_double_up_to_the_longest(void **state)
{
	const int64_t want[] = { 1000, 2000, 4000, 5000, 5000 };
	struct retry r = { .pause_ms = 0 };

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		lines(fail_once, &r, "");
		assert_true(pause_ms(&r) <= want[i]);
		assert_true(pause_ms(&r) >= want[i] - 500);
	}
}

static void it_is_ready_after_its_pause_only(void **state)
{
	struct retry r = { .pause_ms = 0 };

	assert_true(retry_ready(&r, clock_mono_ns()));
	lines(fail_once, &r, "");
	assert_false(retry_ready(&r, r.at_ns - 1));
	assert_true(retry_ready(&r, r.at_ns));
}

static void failures_in_a_row_are_told_once(void **state)
{
	struct retry r = { .pause_ms = 0 };

	assert_int_equal(lines(fail_thrice, &r, "thing: input-output: it"), 1);
	assert_int_equal(r.failure.code, ERR_IO);
	assert_int_equal(lines(mend, &r, "thing works again"), 1);
	assert_int_equal(r.failure.code, 0);
	assert_int_equal(lines(fail_thrice, &r, "it broke"), 1);
}

static void what_never_failed_is_not_told_to_work_again(void **state)
{
	struct retry r = { .pause_ms = 0 };

	assert_int_equal(lines(mend, &r, ""), 0);
}

static void after_it_went_well_pauses_begin_anew(void **state)
{
	struct retry r = { .pause_ms = 0 };

	lines(fail_thrice, &r, "");
	lines(mend, &r, "");
	assert_true(retry_ready(&r, 0));
	lines(fail_once, &r, "");
	assert_true(pause_ms(&r) <= 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_double_up_to_the_longest),
		cmocka_unit_test(it_is_ready_after_its_pause_only),
		cmocka_unit_test(failures_in_a_row_are_told_once),
		cmocka_unit_test(what_never_failed_is_not_told_to_work_again),
		cmocka_unit_test(after_it_went_well_pauses_begin_anew),
	};

	log_open("test", LOG_DEBUG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
