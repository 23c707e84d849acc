/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text: whatever bytes a module calls text come out as UTF-8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pkcs11/text.h"

static char out[16];

static const char *clean(const char *bytes, size_t len)
{
	p11_text_clean(slice_of(bytes, len), out, sizeof(out));
	return out;
}

static void test_padding(void **state)
{
	assert_string_equal(clean("Token   ", 8), "Token");
	assert_string_equal(clean("  a b ", 6), "  a b");
	assert_string_equal(clean("        ", 8), "");
	assert_string_equal(clean("Tok\0en  ", 8), "Tok");
	assert_string_equal(clean(NULL, 0), "");
}

static void test_good_text_is_kept(void **state)
{
	static const char text[] = "\xc3\xa9\xe5\xbc\xa0\xf0\x9f\x94\x91";

	assert_string_equal(clean(text, sizeof(text) - 1), text);
}

#define BAD "\xef\xbf\xbd"

static void test_bad_bytes_are_replaced(void **state)
{
	assert_string_equal(clean("a\xff" "b", 3), "a" BAD "b");
	/* overlong '/', surrogate, beyond U+10FFFF, cut off */
	assert_string_equal(clean("\xc0\xaf", 2), BAD BAD);
	assert_string_equal(clean("\xed\xa0\x80", 3), BAD BAD BAD);
	assert_string_equal(clean("\xf4\x90\x80\x80", 4), BAD BAD BAD BAD);
	assert_string_equal(clean("\xe5\xbc", 2), BAD BAD);
}

static void test_cut_between_characters(void **state)
{
	assert_string_equal(clean("0123456789abcdefgh", 18),
			    "0123456789abcde");
	assert_string_equal(clean("0123456789abcd\xc3\xa9", 16),
			    "0123456789abcd");
	assert_string_equal(clean("0123456789abcd\xff", 15),
			    "0123456789abcd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_good_text_is_kept),
		cmocka_unit_test(test_bad_bytes_are_replaced),
		cmocka_unit_test(test_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
