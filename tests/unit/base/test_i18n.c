/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_i18n: a language that is asked for, installed or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

static void the_locale_of_the_environment(void **state)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	i18n_open(NULL);
	assert_string_equal(setlocale(LC_CTYPE, NULL), "C.UTF-8");
}

static void a_language_that_is_not_installed(void **state)
{
	unsetenv("LANGUAGE");
	i18n_open("xx_YY.UTF-8@none");
	assert_string_equal(getenv("LANGUAGE"), "xx_YY");
	assert_string_equal(setlocale(LC_CTYPE, NULL), "C.UTF-8");
}

static void a_locale_that_is_there_wins(void **state)
{
	setenv("LANGUAGE", "xx_YY", 1);
	i18n_open("C.UTF-8");
	assert_null(getenv("LANGUAGE"));
}

/* It would name a catalogue that somebody else wrote. */
static void a_path_is_no_language(void **state)
{
	unsetenv("LANGUAGE");
	i18n_open("../../../../tmp/evil");
	assert_null(getenv("LANGUAGE"));
	i18n_open("/tmp/evil");
	assert_null(getenv("LANGUAGE"));
	i18n_open("a:/tmp/evil");
	assert_null(getenv("LANGUAGE"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_locale_of_the_environment),
		cmocka_unit_test(a_language_that_is_not_installed),
		cmocka_unit_test(a_locale_that_is_there_wins),
		cmocka_unit_test(a_path_is_no_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
