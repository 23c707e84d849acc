/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_media_type: parameters and case do not hide a type; a charset counts.
 */
#include "read.h"

#include "content/media_type.h"

static void parameters_and_case_do_not_count(void **state)
{
	assert_true(content_media_type_is("text/plain", "text/plain"));
	assert_true(content_media_type_is("TEXT/Plain ;x=y", "text/plain"));
	assert_false(content_media_type_is("text/plainer", "text/plain"));
	assert_false(content_media_type_is("text/pla", "text/plain"));
	assert_false(content_media_type_is("", "text/plain"));
	assert_false(content_media_type_is("text/plain/x", "text/plain"));
}

static void only_utf8_is_utf8(void **state)
{
	static const char *const good[] = { "text/plain",
		"text/plain;charset=utf-8", "text/plain; Charset=UTF-8 ",
		"text/plain;charset=\"utf-8\"", "text/plain;a=b;charset=utf-8",
		"text/plain;", "text/plain;format=flowed" };
	static const char *const bad[] = { "text/plain;charset=gbk",
		"text/plain;charset=", "text/plain;charset=utf-8x",
		"text/plain;charset = utf-8", "text/plain;charset='utf-8'",
		"text/plain;charset=utf-8;charset=gbk",
		"text/plain;charset*=utf-8''x", "text/plain;charset=utf-16" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!content_media_type_utf8(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (content_media_type_utf8(bad[i]))
			fail_msg("%s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_and_case_do_not_count),
		cmocka_unit_test(only_utf8_is_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
