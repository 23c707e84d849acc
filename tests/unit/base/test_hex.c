/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hex: two lower-case digits for every byte, and a NUL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hex.h"

static void every_byte_is_two_digits(void **state)
{
	for (unsigned n = 0; n < 256; n++) {
		uint8_t byte = (uint8_t)n;
		char out[3], expected[3];

		hex_encode(slice_of(&byte, 1), out);
		snprintf(expected, sizeof(expected), "%02x", n);
		assert_string_equal(out, expected);
	}
}

static void nothing_is_an_empty_text(void **state)
{
	char out[2] = "xx";

	hex_encode(slice_of(NULL, 0), out);
	assert_string_equal(out, "");
	assert_int_equal(out[1], 'x');
}

static void bytes_keep_their_order(void **state)
{
	char out[9];

	hex_encode(slice_of("\xde\xad\xbe\xef", 4), out);
	assert_string_equal(out, "deadbeef");
}

/* Read back, in either case; whatever else is no text of bytes. */
static void text_is_read_strictly(void **state)
{
	static const char *const none[] = { "d", "dea", "dg", "g0", " 0", "0 ",
					    "0x", "\xff\xff" };
	AUTO(buf_fini) struct buf out;

	buf_init(&out, 4);
	assert_true(hex_decode("", &out));
	assert_int_equal(out.len, 0);
	assert_true(hex_decode("deADbe09", &out));
	assert_true(slice_equal(buf_slice(&out),
				slice_of("\xde\xad\xbe\x09", 4)));
	assert_false(hex_decode("00", &out));
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		AUTO(buf_fini) struct buf part;

		buf_init(&part, 4);
		assert_false(hex_decode(none[i], &part));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_two_digits),
		cmocka_unit_test(nothing_is_an_empty_text),
		cmocka_unit_test(bytes_keep_their_order),
		cmocka_unit_test(text_is_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
