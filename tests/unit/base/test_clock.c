/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_clock: RFC 3339 text is read strictly and written so that it reads
 * back; the vectors include those of RFC 3339 section 5.8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"

struct vector {
	const char *text;
	int64_t unix_time;
};

static const struct vector vectors[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "2001-09-09T01:46:40Z", 1000000000 },
	{ "2038-01-19T03:14:08Z", INT64_C(2147483648) },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	/* leap days: every 4th year, not the 100th, but the 400th */
	{ "2000-02-29T00:00:00Z", 951782400 },
	{ "2024-02-29T12:00:00Z", 1709208000 },
	/* RFC 3339 section 5.8 */
	{ "1985-04-12T23:20:50.52Z", 482196050 },
	{ "1996-12-19T16:39:57-08:00", 851042397 },
	{ "1990-12-31T23:59:60Z", 662688000 },
	{ "1990-12-31T15:59:60-08:00", 662688000 },
	{ "1937-01-01T12:00:27.87+00:20", -1041337173 },
	/* letters in lower case, offsets that change the day */
	{ "2026-11-23t12:00:00z", 1795435200 },
	{ "2026-01-01T00:30:00+01:00", 1767223800 },
	{ "2025-12-31T23:30:00-00:30", 1767225600 },
	{ "2026-11-23T12:00:00-00:00", 1795435200 },
	{ "2026-11-23T12:00:00+23:59", 1795435200 - 86340 },
	{ "2026-11-23T12:00:00.000000000000000000001Z", 1795435200 },
};

static const char *const bad[] = {
	"", "2026", "2026-11-23", "2026-11-23T12:00Z", "12:00:00Z",
	/* a day, month, hour, minute, second, offset that does not exist */
	"2026-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2100-02-29T00:00:00Z",
	"2026-04-31T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-00T00:00:00Z",
	"2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z",
	"2026-11-23T12:60:00Z", "2026-11-23T12:00:61Z",
	"2026-11-23T12:00:00+24:00", "2026-11-23T12:00:00+00:60",
	/* other spellings */
	"2026-11-23 12:00:00Z", "2026-11-23T12:00:00", "2026-11-23T12:00:00 Z",
	"2026-11-23T12:00:00+0100", "2026-11-23T12:00:00+01",
	"2026-11-23T12:00:00.Z", "2026-11-23T12:00:00,5Z",
	"2026-11-23T12:00:00Zx", "2026-11-23T12:00:00Z ",
	" 2026-11-23T12:00:00Z",
	"2026-11-23T12:00:00+01:00Z", "26-11-23T12:00:00Z",
	"2026-1-23T12:00:00Z", "2026/11/23T12:00:00Z", "20261123T120000Z",
	"+2026-11-23T12:00:00Z", "-026-11-23T12:00:00Z", "2026-11-23T12.00.00Z",
	"12026-11-23T12:00:00Z",
};

static void parse_gives_the_vectors(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		int64_t got = -99;

		if (clock_parse(vectors[i].text, &got) != 0)
			fail_msg("refused: %s", vectors[i].text);
		assert_int_equal(got, vectors[i].unix_time);
	}
}

static void parse_refuses_everything_else(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t got = -99;

		if (clock_parse(bad[i], &got) != ERR_MALFORMED)
			fail_msg("accepted: \"%s\"", bad[i]);
		assert_int_equal(got, -99);
	}
}

static void every_truncation_is_refused(void **state)
{
	static const char whole[] = "2026-11-23T12:00:00.5+01:00";
	int64_t got;

	assert_int_equal(clock_parse(whole, &got), 0);
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		char cut[sizeof(whole)] = "";

		memcpy(cut, whole, len);
		assert_int_equal(clock_parse(cut, &got), ERR_MALFORMED);
	}
}

static void format_gives_the_vectors(void **state)
{
	char out[CLOCK_RFC3339_SIZE];

	for (size_t i = 0; i < 7; i++) {
		clock_format(vectors[i].unix_time, out);
		assert_string_equal(out, vectors[i].text);
	}
}

/* Steps of a prime number of seconds, from 1900 to 2500. */
static void what_is_formatted_parses_back(void **state)
{
	for (int64_t t = INT64_C(-2208988800); t < INT64_C(16725225600);
	     t += 9999991) {
		char out[CLOCK_RFC3339_SIZE];
		int64_t got = -1;

		clock_format(t, out);
		assert_int_equal(clock_parse(out, &got), 0);
		assert_int_equal(got, t);
	}
}

static void a_time_beyond_the_calendar_is_unknown(void **state)
{
	char out[CLOCK_RFC3339_SIZE];

	clock_format(INT64_MAX, out);
	assert_string_equal(out, "unknown");
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
	int64_t before = clock_mono_ns();

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono_ns();

		assert_true(now >= before);
		before = now;
	}
	assert_true(before > 0);
}

static void the_calendar_clock_is_of_this_century(void **state)
{
	int64_t least;

	assert_int_equal(clock_parse("2024-01-01T00:00:00Z", &least), 0);
	assert_true(clock_unix() > least);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_gives_the_vectors),
		cmocka_unit_test(parse_refuses_everything_else),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(format_gives_the_vectors),
		cmocka_unit_test(what_is_formatted_parses_back),
		cmocka_unit_test(a_time_beyond_the_calendar_is_unknown),
		cmocka_unit_test(the_monotonic_clock_does_not_go_back),
		cmocka_unit_test(the_calendar_clock_is_of_this_century),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
