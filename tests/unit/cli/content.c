/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/content.c: what a file is taken for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/err.h"
#include "cli/content.h"
#include "cli/sign.h"

static void knows_text_by_its_bytes(void **state)
{
	static const char *const good[] = { "", "plain\n", "\xc3\xa4",
					    "\xf0\x9f\x92\xb6" };
	static const char *const bad[] = { "\xff", "caf\xe9", "\xc3",
					   "\xc0\x80", "\xed\xa0\x80" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(cli_content_is_text(slice_str(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(cli_content_is_text(slice_str(bad[i])));
}

static void knows_a_payment_by_its_members(void **state)
{
	static const char *const bad[] = {
		"{}", "{\"payee\":{}}", "{\"payee\":\"x\",\"total\":\"y\"}",
		"{\"a\":\"\\\"payee\\\":{\",\"b\":\"\\\"total\\\":{\"}",
	};

	assert_true(cli_content_is_payment(slice_str(
		"{\"payee\":{\"name\":\"J\"},\"total\":{\"value\":\"1\"}}")));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(cli_content_is_payment(slice_str(bad[i])));
}

static void tells_a_file_that_is_not_there(void **state)
{
	static const char *const files[] = { "/nonexistent/a.txt",
					     "/nonexistent/a.json",
					     "/nonexistent/a.xml", "/" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		for (int payment = 0; payment < 2; payment++) {
			struct cli_sign s = { .payment = payment != 0 };
			struct signet_request *r;
			struct error e;

			assert_int_equal(signet_request_new(&r), 0);
			assert_int_equal(cli_content_set(&s, files[i], r, &e),
					 ERR_IO);
			signet_request_free(r);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_text_by_its_bytes),
		cmocka_unit_test(knows_a_payment_by_its_members),
		cmocka_unit_test(tells_a_file_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
