/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/sign_file.c and option.c: where signatures go, and
 * numbers on the command line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/content.h"
#include "cli/option.h"
#include "cli/sign.h"

static void expect(const struct cli_sign *s, const char *file,
		   const char *want)
{
	char path[CLI_PATH_MAX];

	assert_true(cli_sign_output(s, file, path));
	assert_string_equal(path, want);
}

static void names_the_output_by_format(void **state)
{
	struct cli_sign s = { .format = SIGNET_CMS };

	expect(&s, "dir/a.xml", "dir/a.xml.p7s");
	s.attached = true;
	expect(&s, "a.xml", "a.xml.p7m");
	s.format = SIGNET_JWS;
	expect(&s, "a.xml", "a.xml.jws");
	s.format = SIGNET_RAW;
	expect(&s, "a.xml", "a.xml.sig");
	s.out_dir = "out";
	expect(&s, "/x/y/a.xml", "out/a.xml.sig");
}

static void knows_standard_output(void **state)
{
	struct cli_sign s = { .format = SIGNET_CMS };

	expect(&s, "-", "");
	s.out = "-";
	expect(&s, "a.xml", "");
	s.out = "b";
	expect(&s, "-", "b");
}

static void refuses_a_name_that_is_too_long(void **state)
{
	char file[CLI_PATH_MAX], path[CLI_PATH_MAX];
	struct cli_sign s = { .format = SIGNET_CMS };

	memset(file, 'a', sizeof(file));
	file[CLI_PATH_MAX - 2] = '\0';
	assert_false(cli_sign_output(&s, file, path));
}

static void knows_media_types(void **state)
{
	assert_string_equal(cli_content_by_name("x/pain.001.XML"),
			    "application/xml");
	assert_string_equal(cli_content_by_name("a.txt"),
			    "text/plain;charset=utf-8");
	assert_string_equal(cli_content_by_name("dir.xml/a"),
			    "application/octet-stream");
	assert_string_equal(cli_content_by_name("-"),
			    "application/octet-stream");
}

static void reads_numbers(void **state)
{
	static const char *const bad[] = { "", "0", "33", "-1", "+1", " 1",
					   "1 ", "1x", "99999999999999999999" };
	unsigned int n = 0;

	assert_true(cli_option_number("32", 1, 32, &n));
	assert_int_equal(n, 32);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(cli_option_number(bad[i], 1, 32, &n));
	assert_int_equal(n, 32);
}

/* A table that is too long would be cut in silence. */
static void tables_fit(void **state)
{
	const struct cli_command *c;
	unsigned int commands = 0;

	for (; (c = cli_command_at(commands)) != NULL; commands++) {
		size_t len = 0;

		assert_ptr_equal(cli_command_find(c->name), c);
		while (c->options[len].name != NULL)
			len++;
		assert_in_range(len, 1, CLI_OPTION_MAX);
		for (size_t i = 0; i < len; i++)
			for (size_t j = i + 1; j < len; j++)
				assert_int_not_equal(c->options[i].id,
						     c->options[j].id);
	}
	assert_in_range(commands, 13, 64);
	assert_null(cli_command_find("sig"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_output_by_format),
		cmocka_unit_test(knows_standard_output),
		cmocka_unit_test(refuses_a_name_that_is_too_long),
		cmocka_unit_test(knows_media_types),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(tables_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
