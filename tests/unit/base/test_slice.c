/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_slice: a cursor reads what was written, and nothing past the end
 * wherever the bytes are cut off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/slice.h"

static int sign_of(int n)
{
	return (n > 0) - (n < 0);
}

static void equal_needs_length_and_bytes(void **state)
{
	assert_true(slice_equal(slice_str("abc"), slice_str("abc")));
	assert_false(slice_equal(slice_str("abc"), slice_str("abd")));
	assert_false(slice_equal(slice_str("abc"), slice_str("ab")));
	assert_true(slice_equal(slice_of(NULL, 0), slice_str("")));
	assert_false(slice_equal(slice_of(NULL, 0), slice_str("a")));
}

static void compare_is_an_order(void **state)
{
	static const char *const rising[] = { "", "a", "aa", "ab", "b",
					      "\x7f", "\x80", "\xff" };

	for (size_t i = 0; i < ARRAY_LEN(rising); i++)
		for (size_t j = 0; j < ARRAY_LEN(rising); j++) {
			int order = slice_compare(slice_str(rising[i]),
						  slice_str(rising[j]));

			assert_int_equal(sign_of(order), (i > j) - (i < j));
		}
	assert_int_equal(slice_compare(slice_of(NULL, 0), slice_str("")), 0);
}

/* One field of each kind. */
static void put_fields(struct buf *out)
{
	buf_put_u8(out, 0x01);
	buf_put_u16(out, 0x0203);
	buf_put_u32(out, 0x04050607);
	buf_put_u64(out, 0x08090a0b0c0d0e0f);
	buf_put_str(out, "xyz");
	buf_put_block(out, slice_str("block"));
	buf_put_block(out, slice_str("text"));
}

struct fields {
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	struct slice bytes;
	struct slice block;
	char text[8];
};

static void get_fields(struct cursor *c, struct fields *f)
{
	f->u8 = cursor_u8(c);
	f->u16 = cursor_u16(c);
	f->u32 = cursor_u32(c);
	f->u64 = cursor_u64(c);
	f->bytes = cursor_bytes(c, 3);
	f->block = cursor_block(c, 5);
	cursor_text(c, f->text, sizeof(f->text));
}

static void fields_come_back(void **state)
{
	AUTO(buf_fini) struct buf b;
	struct fields f;
	struct cursor c;

	buf_init(&b, 256);
	put_fields(&b);
	c = cursor_of(buf_slice(&b));
	get_fields(&c, &f);
	assert_true(cursor_done(&c));
	assert_int_equal(f.u8, 0x01);
	assert_int_equal(f.u16, 0x0203);
	assert_int_equal(f.u32, 0x04050607);
	assert_int_equal(f.u64, 0x08090a0b0c0d0e0f);
	assert_true(slice_equal(f.bytes, slice_str("xyz")));
	assert_true(slice_equal(f.block, slice_str("block")));
	assert_string_equal(f.text, "text");
}

static void numbers_are_big_endian(void **state)
{
	struct cursor c = cursor_of(slice_of("\x80\x00\x00\x01", 4));

	assert_int_equal(cursor_u32(&c), 0x80000001u);
}

/* The copy has exactly its length: a sanitizer sees one byte too many. */
static void no_truncation_reads_past_the_end(void **state)
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 256);
	put_fields(&b);
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *copy = malloc(len == 0 ? 1 : len);
		struct fields f;
		struct cursor c;

		assert_non_null(copy);
		memcpy(copy, b.ptr, len);
		c = cursor_of(slice_of(copy, len));
		get_fields(&c, &f);
		assert_true(c.failed);
		assert_false(cursor_done(&c));
		assert_string_equal(f.text, "");
		free(copy);
	}
}

static void a_failed_cursor_stays_failed(void **state)
{
	struct cursor c = cursor_of(slice_of("\xff\xff\xff", 3));

	assert_int_equal(cursor_u32(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_int_equal(cursor_u16(&c), 0);
	assert_int_equal(cursor_u64(&c), 0);
	assert_int_equal(cursor_bytes(&c, 0).len, 0);
	assert_null(cursor_bytes(&c, 1).ptr);
	assert_false(cursor_done(&c));
}

static void done_means_nothing_is_left(void **state)
{
	struct cursor c = cursor_of(slice_of("ab", 2));

	assert_false(cursor_done(&c));
	cursor_u8(&c);
	assert_false(cursor_done(&c));
	cursor_u8(&c);
	assert_true(cursor_done(&c));
}

static void a_block_keeps_its_limit(void **state)
{
	static const char bytes[] = "\0\0\0\3abc";
	struct cursor at = cursor_of(slice_of(bytes, 7));
	struct cursor above = cursor_of(slice_of(bytes, 7));

	assert_int_equal(cursor_block(&at, 3).len, 3);
	assert_true(cursor_done(&at));
	assert_int_equal(cursor_block(&above, 2).len, 0);
	assert_true(above.failed);
}

static void a_block_that_lies_about_its_length_fails(void **state)
{
	struct cursor c = cursor_of(slice_of("\xff\xff\xff\xff" "abc", 7));

	assert_int_equal(cursor_block(&c, SIZE_MAX).len, 0);
	assert_true(c.failed);
}

static void a_text_keeps_room_for_its_nul(void **state)
{
	struct cursor at = cursor_of(slice_of("\0\0\0\3abc", 7));
	struct cursor above = cursor_of(slice_of("\0\0\0\4abcd", 8));
	char out[4];

	cursor_text(&at, out, sizeof(out));
	assert_true(cursor_done(&at));
	assert_string_equal(out, "abc");
	cursor_text(&above, out, sizeof(out));
	assert_true(above.failed);
	assert_string_equal(out, "");
}

static void a_text_with_a_nul_inside_fails(void **state)
{
	struct cursor c = cursor_of(slice_of("\0\0\0\3a\0b", 7));
	char out[8];

	cursor_text(&c, out, sizeof(out));
	assert_true(c.failed);
	assert_string_equal(out, "");
}

static void an_empty_slice_is_read_to_its_end(void **state)
{
	struct cursor c = cursor_of(slice_of(NULL, 0));

	assert_true(cursor_done(&c));
	assert_int_equal(cursor_bytes(&c, 0).len, 0);
	assert_true(cursor_done(&c));
	cursor_u8(&c);
	assert_true(c.failed);
}

/* Each byte, in each place of the eight that are looked at together. */
static void plain_ends_where_a_loop_would(void **state)
{
	uint8_t text[19];

	for (size_t at = 0; at < sizeof(text); at++) {
		memset(text, 'a', sizeof(text));
		for (unsigned c = 0; c <= UINT8_MAX; c++) {
			bool plain = c >= ' ' && c < 0x80 && c != '"' &&
				     c != 0x7f;

			text[at] = (uint8_t)c;
			assert_int_equal(slice_plain(slice_of(text,
							      sizeof(text)),
						     '"', 0x7f),
					 plain ? sizeof(text) : at);
		}
	}
	assert_int_equal(slice_plain(slice_of(NULL, 0), '"', '\\'), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_needs_length_and_bytes),
		cmocka_unit_test(compare_is_an_order),
		cmocka_unit_test(plain_ends_where_a_loop_would),
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(no_truncation_reads_past_the_end),
		cmocka_unit_test(a_failed_cursor_stays_failed),
		cmocka_unit_test(done_means_nothing_is_left),
		cmocka_unit_test(a_block_keeps_its_limit),
		cmocka_unit_test(a_block_that_lies_about_its_length_fails),
		cmocka_unit_test(a_text_keeps_room_for_its_nul),
		cmocka_unit_test(a_text_with_a_nul_inside_fails),
		cmocka_unit_test(an_empty_slice_is_read_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
