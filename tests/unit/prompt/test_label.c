/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_label: words of contents, and words that nobody knows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "prompt/label.h"

static void words_are_told_in_plain_language(void **state)
{
	assert_string_equal(prompt_label("payee.name"), "Payee");
	assert_string_equal(prompt_label("amount"), "Amount");
	assert_string_equal(prompt_label_kind("payment"), "Payment");
}

/* A newer signetd: better an odd word than none. */
static void what_is_not_known_is_given_back(void **state)
{
	assert_string_equal(prompt_label("payee.shoe-size"), "payee.shoe-size");
	assert_string_equal(prompt_label(""), "");
	assert_string_equal(prompt_label_kind("song"), "song");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_told_in_plain_language),
		cmocka_unit_test(what_is_not_known_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
