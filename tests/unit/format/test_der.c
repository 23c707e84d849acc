/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_der: lengths on both sides of each border, sets in order, and nothing
 * read that is not DER.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "format/der.h"

#define IS(b, text) \
	assert_true(slice_equal(buf_slice(b), slice_of(text, sizeof(text) - 1)))

static void heads_are_minimal(void **state)
{
	struct buf b AUTO(buf_fini) = { .max = 64 };

	format_der_head(&b, DER_SEQUENCE, 0x7f);
	format_der_head(&b, DER_SEQUENCE, 0x80);
	format_der_head(&b, DER_SEQUENCE, 0xff);
	format_der_head(&b, DER_SEQUENCE, 0x100);
	format_der_head(&b, DER_SEQUENCE, 0x4000000);
	IS(&b, "\x30\x7f\x30\x81\x80\x30\x81\xff\x30\x82\x01\x00"
	       "\x30\x84\x04\x00\x00\x00");
}

static void open_and_close_agree_with_head(void **state)
{
	static const size_t lens[] = { 0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff,
				       0x10000 };
	static const uint8_t zeros[0x10000];

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		struct buf a AUTO(buf_fini) = { .max = 0x20000 };
		struct buf b AUTO(buf_fini) = { .max = 0x20000 };
		size_t outer = format_der_open(&a, DER_SEQUENCE);
		size_t inner = format_der_open(&a, DER_OCTET_STRING);

		buf_put(&a, zeros, lens[i]);
		format_der_close(&a, inner);
		format_der_close(&a, outer);
		format_der_head(&b, DER_SEQUENCE, format_der_size(lens[i]));
		format_der_put(&b, DER_OCTET_STRING, slice_of(zeros, lens[i]));
		assert_int_equal(buf_error(&a), 0);
		assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
	}
}

static void a_full_buffer_is_remembered(void **state)
{
	struct buf b AUTO(buf_fini) = { .max = 4 };
	size_t opened = format_der_open(&b, DER_SEQUENCE);

	format_der_put(&b, DER_INTEGER, slice_str("abc"));
	format_der_close(&b, opened);
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
}

static void numbers_are_never_negative(void **state)
{
	struct buf b AUTO(buf_fini) = { .max = 64 };

	format_der_put_unsigned(&b, slice_of("\x00\x00\x7f", 3));
	format_der_put_unsigned(&b, slice_of("\x80", 1));
	format_der_put_unsigned(&b, slice_of("\x00\x00", 2));
	IS(&b, "\x02\x01\x7f\x02\x02\x00\x80\x02\x01\x00");
}

static void sets_are_sorted_and_have_no_doubles(void **state)
{
	struct buf b AUTO(buf_fini) = { .max = 64 };
	struct slice items[] = {
		slice_of("\x04\x02zz", 4), slice_of("\x02\x01\x05", 3),
		slice_of("\x04\x02""aa", 4), slice_of("\x02\x01\x05", 3),
		slice_of("\x04\x01z", 3),
	};

	format_der_put_set(&b, DER_SET, items, ARRAY_LEN(items));
	IS(&b, "\x31\x0e\x02\x01\x05\x04\x01z\x04\x02""aa\x04\x02zz");
}

static void only_der_is_read(void **state)
{
	static const struct slice bad[] = {
		{ (const uint8_t *)"", 0 },
		{ (const uint8_t *)"\x30", 1 },
		{ (const uint8_t *)"\x30\x01", 2 },	      /* too short */
		{ (const uint8_t *)"\x31\x00", 2 },	      /* other tag */
		{ (const uint8_t *)"\x30\x80\x00\x00", 4 },   /* indefinite */
		{ (const uint8_t *)"\x30\x81\x01x", 4 },      /* not minimal */
		{ (const uint8_t *)"\x30\x82\x00\x01x", 5 },
		{ (const uint8_t *)"\x30\x85\x00\x00\x00\x00\x01x", 8 },
		{ (const uint8_t *)"\x30\x84\xff\xff\xff\xff", 6 },
		{ (const uint8_t *)"\x30\xff", 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct cursor c = cursor_of(bad[i]);

		assert_int_equal(format_der_get_whole(&c, DER_SEQUENCE).len, 0);
		assert_true(c.failed);
		assert_int_equal(format_der_peek(&c), 0);
	}
}

static void elements_are_read_in_turn(void **state)
{
	struct cursor c = cursor_of(slice_of(
	"\x30\x05\x02\x01\x07\x05\x00", 7));
	struct cursor in = format_der_enter(&c, DER_SEQUENCE);
	struct slice s;

	assert_true(cursor_done(&c));
	assert_int_equal(format_der_peek(&in), DER_INTEGER);
	s = format_der_get(&in, DER_INTEGER);
	assert_int_equal(s.len, 1);
	assert_int_equal(s.ptr[0], 7);
	s = format_der_get_whole(&in, DER_NULL);
	assert_int_equal(s.len, 2);
	assert_true(cursor_done(&in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_minimal),
		cmocka_unit_test(open_and_close_agree_with_head),
		cmocka_unit_test(a_full_buffer_is_remembered),
		cmocka_unit_test(numbers_are_never_negative),
		cmocka_unit_test(sets_are_sorted_and_have_no_doubles),
		cmocka_unit_test(only_der_is_read),
		cmocka_unit_test(elements_are_read_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
