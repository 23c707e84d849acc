/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_utf8: what is read is UTF-8, what is shown hides nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"

static void check_shown(const char *in, const char *out)
{
	struct buf b;

	buf_init(&b, 4096);
	utf8_put_shown(&b, slice_str(in));
	assert_string_equal(buf_text(&b), out);
	buf_fini(&b);
}

static void letters_are_shown_as_they_are(void **state)
{
	static const char text[] = "Müller & Söhne, 收款人 €😀";

	check_shown(text, text);
	check_shown("", "");
}

static void what_hides_is_made_visible(void **state)
{
	check_shown("a\nb\rc\x1b[2J", "a<U+000A>b<U+000D>c<U+001B>[2J");
	check_shown("\u202egpj.exe", "<U+202E>gpj.exe");
	check_shown("\u2066\u200b\u2028\ufeff\u00ad",
		    "<U+2066><U+200B><U+2028><U+FEFF><U+00AD>");
	check_shown("\xc2\x85\x7f", "<U+0085><U+007F>");
	check_shown("\U000e0041\U0010ffff\ufffe",
		    "<U+E0041><U+10FFFF><U+FFFE>");
	check_shown("a\tb", "a    b");
}

static void bytes_that_are_no_utf8_are_told(void **state)
{
	check_shown("a\xff" "b", "a<0xFF>b");
	check_shown("\xc0\x80", "<0xC0><0x80>");
	check_shown("\xed\xa0\x80", "<0xED><0xA0><0x80>");
	check_shown("\xf4\x90\x80\x80", "<0xF4><0x90><0x80><0x80>");
	check_shown("\xe2\x82", "<0xE2><0x82>");
}

/* Every code point: what is put can be read again. */
static void decode_is_the_inverse_of_put(void **state)
{
	struct buf b;
	uint32_t c, got;

	buf_init(&b, 16);
	for (c = 0; c < 0x110000; c++) {
		if (c == 0xd800)
			c = 0xe000;
		buf_reset(&b);
		utf8_put(&b, c);
		assert_int_equal(utf8_decode(b.ptr, b.ptr + b.len, &got),
				 b.len);
		assert_int_equal(got, c);
	}
	buf_reset(&b);
	utf8_put(&b, 0xd800);
	utf8_put(&b, 0x110000);
	assert_string_equal(buf_text(&b), "\ufffd\ufffd");
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_shown_as_they_are),
		cmocka_unit_test(what_hides_is_made_visible),
		cmocka_unit_test(bytes_that_are_no_utf8_are_told),
		cmocka_unit_test(decode_is_the_inverse_of_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
