/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_native_host: the program is told by its name, an extension by its id.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/native_host.h"

static void the_name_tells_the_host(void **state)
{
	assert_ptr_equal(native_host_of("/usr/lib/signet/signet-webhost-api"),
			 &native_host_signet);
	assert_ptr_equal(native_host_of("signet-webhost-api"),
			 &native_host_signet);
	assert_ptr_equal(native_host_of("/usr/lib/signet/signet-webhost"),
			 &native_host_webeid);
	assert_ptr_equal(native_host_of("/signet-webhost-api/other"),
			 &native_host_webeid);
	assert_ptr_equal(native_host_of(""), &native_host_webeid);
}

static void our_programs_are_ours_anywhere(void **state)
{
	assert_true(native_host_is_ours("/opt/x/signet-webhost"));
	assert_true(native_host_is_ours("/opt/x/signet-webhost-api"));
	assert_false(native_host_is_ours("/usr/bin/web-eid"));
	assert_false(native_host_is_ours("/opt/signet-webhost/bin"));
	assert_false(native_host_is_ours(""));
}

static void extensions_are_those_of_the_host(void **state)
{
	const struct native_host *h = &native_host_webeid;

	assert_true(native_host_allows(
		h, "{e68418bc-f2b0-4459-a9ea-3e72b6751b07}"));
	assert_true(native_host_allows(
		h, "chrome-extension://ncibgoaomkmdpilpocfeponihegamlic/"));
	assert_true(native_host_allows(
		h, "chrome-extension://gnmckgbandlkacikdndelhfghdejfido/"));
	assert_false(native_host_allows(&native_host_signet,
		"chrome-extension://ncibgoaomkmdpilpocfeponihegamlic/"));
	assert_true(native_host_allows(&native_host_signet,
				       "extension@signet.example"));
}

static void nothing_that_looks_like_it(void **state)
{
	static const char *const texts[] = {
		"", "chrome-extension://", "chrome-extension:///",
		"chrome-extension://ncibgoaomkmdpilpocfeponihegamlic",
		"chrome-extension://ncibgoaomkmdpilpocfeponihegamlic/x",
		"chrome-extension://xncibgoaomkmdpilpocfeponihegamlic/",
		"chrome-extension://ncibgoaomkmdpilpocfeponihegamli/",
		"chrome-extension://{e68418bc-f2b0-4459-a9ea-3e72b6751b07}/",
		"ncibgoaomkmdpilpocfeponihegamlic",
		"{E68418BC-f2b0-4459-a9ea-3e72b6751b07}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(native_host_allows(&native_host_webeid,
						texts[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_tells_the_host),
		cmocka_unit_test(our_programs_are_ours_anywhere),
		cmocka_unit_test(extensions_are_those_of_the_host),
		cmocka_unit_test(nothing_that_looks_like_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
