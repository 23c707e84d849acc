/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_buf: a buffer holds up to its limit and not a byte more, a failed
 * append changes nothing and is remembered, and what it held is wiped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/base/wiped.h"

static void an_empty_buffer_is_empty(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 8);
	assert_int_equal(buf_slice(&b).len, 0);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_error(&b), 0);
	buf_consume(&b, 3);
	buf_put(&b, NULL, 0);
	assert_int_equal(b.len, 0);
}

static void max_bytes_fit_and_one_more_does_not(void **state)
{
	for (size_t max = 0; max < 600; max += 1 + max / 7) {
		AUTO(buf_fini) struct buf b;

		buf_init(&b, max);
		for (size_t i = 0; i < max; i++)
			buf_put_u8(&b, (uint8_t)i);
		assert_int_equal(buf_error(&b), 0);
		assert_int_equal(b.len, max);
		buf_put_u8(&b, 0);
		assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
		assert_int_equal(b.len, max);
		for (size_t i = 0; i < max; i++)
			assert_int_equal(b.ptr[i], (uint8_t)i);
	}
}

static void one_append_of_max_fits(void **state)
{
	AUTO(buf_fini) struct buf at, above;

	buf_init(&at, 3);
	buf_put_str(&at, "abc");
	assert_int_equal(buf_error(&at), 0);
	assert_string_equal(buf_text(&at), "abc");
	buf_init(&above, 3);
	buf_put_str(&above, "abcd");
	assert_int_equal(buf_error(&above), ERR_TOO_LARGE);
	assert_int_equal(above.len, 0);
}

static void a_failure_is_remembered_until_reset(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 4);
	buf_put_str(&b, "ab");
	buf_put_str(&b, "too long");
	buf_put_str(&b, "c");
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
	assert_true(slice_equal(buf_slice(&b), slice_str("ab")));
	assert_null(buf_reserve(&b, 1));
	assert_string_equal(buf_text(&b), "");
	buf_reset(&b);
	assert_int_equal(buf_error(&b), 0);
	buf_put_str(&b, "wxyz");
	assert_string_equal(buf_text(&b), "wxyz");
}

static void a_huge_append_is_refused(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 100);
	buf_put_u8(&b, 1);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
}

/* Read by AddressSanitizer, which would end the program instead. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void no_memory_is_told_apart(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_put_str(&b, "kept");
	assert_null(buf_reserve(&b, SIZE_MAX / 8));
	assert_int_equal(buf_error(&b), ERR_NO_MEMORY);
	assert_true(slice_equal(buf_slice(&b), slice_str("kept")));
}

/* A limit of "none" must not let the sum of lengths wrap. */
static void no_limit_does_not_overflow(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, SIZE_MAX);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(buf_error(&b), ERR_NO_MEMORY);
}

static void printf_fills_to_the_limit(void **state)
{
	AUTO(buf_fini) struct buf at, above;

	buf_init(&at, 5);
	buf_printf(&at, "%d-%s", 12, "ab");
	assert_string_equal(buf_text(&at), "12-ab");
	buf_init(&above, 4);
	buf_printf(&above, "%d-%s", 12, "ab");
	assert_int_equal(buf_error(&above), ERR_TOO_LARGE);
	assert_int_equal(above.len, 0);
}

static void printf_appends_across_growth(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 4096);
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&b, "%03u", i);
	assert_int_equal(b.len, 3000);
	assert_memory_equal(b.ptr + 3 * 777, "777", 3);
	assert_int_equal(strlen(buf_text(&b)), 3000);
}

static void a_block_that_does_not_fit_leaves_nothing(void **state)
{
	AUTO(buf_fini) struct buf at, above;

	buf_init(&at, 7);
	buf_put_block(&at, slice_str("abc"));
	assert_int_equal(buf_error(&at), 0);
	assert_memory_equal(at.ptr, "\0\0\0\3abc", 7);
	buf_init(&above, 6);
	buf_put_block(&above, slice_str("abc"));
	assert_int_equal(buf_error(&above), ERR_TOO_LARGE);
	assert_int_equal(above.len, 0);
}

static void set_u32_stays_inside(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 16);
	buf_put_str(&b, "abcdef");
	buf_set_u32(&b, 2, 0x01020304);
	assert_memory_equal(b.ptr, "ab\1\2\3\4", 6);
	buf_set_u32(&b, 3, 0xffffffff);
	buf_set_u32(&b, SIZE_MAX, 0xffffffff);
	assert_memory_equal(b.ptr, "ab\1\2\3\4", 6);
}

static void consume_takes_from_the_front(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 16);
	buf_put_str(&b, "abcdef");
	buf_consume(&b, 4);
	assert_string_equal(buf_text(&b), "ef");
	buf_put_str(&b, "gh");
	assert_string_equal(buf_text(&b), "efgh");
	buf_consume(&b, 99);
	assert_int_equal(b.len, 0);
}

static void commit_says_how_much_was_used(void **state)
{
	AUTO(buf_fini) struct buf b;
	uint8_t *at;

	buf_init(&b, 8);
	at = buf_reserve(&b, 8);
	assert_non_null(at);
	memcpy(at, "abc", 3);
	buf_commit(&b, 3);
	assert_string_equal(buf_text(&b), "abc");
	assert_non_null(buf_reserve(&b, 5));
	assert_null(buf_reserve(&b, 6));
}

static void release_wipes_the_whole_block(void **state)
{
	const void *ptr;
	struct buf b;
	size_t cap;

	buf_init(&b, 1024);
	buf_put_str(&b, "something to hide");
	ptr = b.ptr;
	cap = b.cap;
	wiped_forget();
	buf_fini(&b);
	assert_true(wiped_all(ptr, cap));
	assert_null(b.ptr);
	buf_fini(&b);
	buf_fini(NULL);
}

static void growth_wipes_the_block_it_leaves(void **state)
{
	AUTO(buf_fini) struct buf b;
	const void *ptr;
	size_t cap;

	buf_init(&b, 4096);
	buf_put_str(&b, "something to hide");
	ptr = b.ptr;
	cap = b.cap;
	wiped_forget();
	assert_non_null(buf_reserve(&b, 3000));
	assert_ptr_not_equal(b.ptr, ptr);
	assert_true(wiped_all(ptr, cap));
}

static void assert_all_zero(const struct buf *b)
{
	for (size_t i = 0; i < b->cap && i < 100; i++)
		assert_int_equal(b->ptr[i], 0);
}

static void reset_wipes_what_was_written(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 1024);
	memset(buf_reserve(&b, 100), 0, 100);
	buf_put_str(&b, "something to hide");
	buf_reset(&b);
	assert_all_zero(&b);
}

static void reset_wipes_what_was_consumed(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 1024);
	memset(buf_reserve(&b, 100), 0, 100);
	buf_put_str(&b, "something to hide");
	buf_consume(&b, 10);
	buf_reset(&b);
	assert_all_zero(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_empty),
		cmocka_unit_test(max_bytes_fit_and_one_more_does_not),
		cmocka_unit_test(one_append_of_max_fits),
		cmocka_unit_test(a_failure_is_remembered_until_reset),
		cmocka_unit_test(a_huge_append_is_refused),
		cmocka_unit_test(no_memory_is_told_apart),
		cmocka_unit_test(no_limit_does_not_overflow),
		cmocka_unit_test(printf_fills_to_the_limit),
		cmocka_unit_test(printf_appends_across_growth),
		cmocka_unit_test(a_block_that_does_not_fit_leaves_nothing),
		cmocka_unit_test(set_u32_stays_inside),
		cmocka_unit_test(consume_takes_from_the_front),
		cmocka_unit_test(commit_says_how_much_was_used),
		cmocka_unit_test(release_wipes_the_whole_block),
		cmocka_unit_test(growth_wipes_the_block_it_leaves),
		cmocka_unit_test(reset_wipes_what_was_written),
		cmocka_unit_test(reset_wipes_what_was_consumed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
