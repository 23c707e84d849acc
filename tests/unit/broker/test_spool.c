/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_spool: all that was put in comes out, small or large, up to the limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "broker/spool.h"

#define ODD 7777u

static uint8_t expected(size_t i)
{
	return (uint8_t)(i * 31 + i / 251);
}

static void fill_and_check(size_t total, size_t piece)
{
	uint8_t *bytes = malloc(total + 1);
	struct spool s;
	struct slice all;
	struct error e;
	size_t done = 0;

	assert_non_null(bytes);
	for (size_t i = 0; i < total; i++)
		bytes[i] = expected(i);
	spool_init(&s, "/tmp", total);
	while (done < total) {
		size_t len = total - done < piece ? total - done : piece;

		assert_int_equal(spool_put(&s, slice_of(bytes + done, len),
					   &e), 0);
		done += len;
	}
	assert_int_equal(spool_large(&s), total > LIMIT_CONTENT_INLINE);
	assert_int_equal(spool_put(&s, slice_str("x"), &e), ERR_TOO_LARGE);
	assert_int_equal(spool_finish(&s, &all, &e), 0);
	assert_int_equal(all.len, total);
	if (total > 0)
		assert_memory_equal(all.ptr, bytes, total);
	spool_fini(&s);
	free(bytes);
}

static void what_went_in_comes_out(void **state)
{
	const size_t totals[] = { 0, 1, LIMIT_CONTENT_INLINE,
				  LIMIT_CONTENT_INLINE + 1, 80u * 1024,
				  80u * 1024 + 1, 1000003 };

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		fill_and_check(totals[i], ODD);
		fill_and_check(totals[i], totals[i] + 1);
	}
}

static void a_folder_that_is_not_there_is_told(void **state)
{
	static uint8_t bytes[200u * 1024];
	struct spool s;
	struct error e;

	spool_init(&s, "/nonexistent/folder", LIMIT_CONTENT);
	assert_int_equal(spool_put(&s, slice_of(bytes, sizeof(bytes)), &e),
			 ERR_IO);
	assert_non_null(strstr(e.message, "/nonexistent/folder"));
	spool_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_in_comes_out),
		cmocka_unit_test(a_folder_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
