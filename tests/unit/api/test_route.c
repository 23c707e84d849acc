/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_route: methods, paths and the part that is an argument.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "api/route.h"
#include "base/err.h"

static int find(const char *method, const char *path, char *argument)
{
	const struct route *r;
	struct error e;

	return route_find(method, path, &r, argument, 16, &e);
}

static void routes_are_found(void **state)
{
	char argument[16] = "";

	assert_int_equal(find("GET", "/v1/status", argument), 0);
	assert_int_equal(find("POST", "/v1/signatures", argument), 0);
	assert_int_equal(find("GET", "/v1/events", argument), 0);
	assert_int_equal(find("DELETE", "/v1/signatures/ab12", argument), 0);
	assert_string_equal(argument, "ab12");
}

static void unknown_paths_are_refused(void **state)
{
	static const char *const paths[] = {
		"/", "/v1", "/v1/status/", "/v2/status", "/v1/signatures/",
		"/v1/signatures/a/b", "/v1/signatures/0123456789abcdef", "*",
		"http://localhost/v1/status", "/v1/../v1/status",
	};
	char argument[16];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(find("GET", paths[i], argument),
				 ERR_NO_SUCH_ROUTE);
}

static void other_methods_are_told_apart(void **state)
{
	char argument[16];

	assert_int_equal(find("POST", "/v1/status", argument), ERR_METHOD);
	assert_int_equal(find("get", "/v1/status", argument), ERR_METHOD);
	assert_int_equal(find("PUT", "/v1/signatures/1", argument),
			 ERR_METHOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(unknown_paths_are_refused),
		cmocka_unit_test(other_methods_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
