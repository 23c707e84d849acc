/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_members: what is there goes where it belongs, and nothing else is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "api/members.h"
#include "base/err.h"

static const char *text, *needed;
static int boolean;
static json_t *any;

static const struct member members[] = {
	{ "text", .text = &text },
	{ "needed", .text = &needed, .required = true },
	{ "boolean", .boolean = &boolean },
	{ "any", .any = &any },
};

/* The object lives until the next one is read. */
static json_t *object;

static int reads(const char *json, struct error *e)
{
	json_decref(object);
	object = json_loads(json, JSON_DECODE_ANY, NULL);
	assert_non_null(object);
	text = needed = NULL;
	boolean = -1;
	any = NULL;
	return members_read(object, "it", members, ARRAY_LEN(members), e);
}

static void each_goes_where_it_belongs(void **state)
{
	struct error e;

	assert_int_equal(reads("{\"any\":[1],\"boolean\":false,"
			       "\"needed\":\"b\",\"text\":\"a\"}", &e), 0);
	assert_string_equal(text, "a");
	assert_string_equal(needed, "b");
	assert_int_equal(boolean, 0);
	assert_int_equal(json_array_size(any), 1);
}

static void what_is_not_there_stays(void **state)
{
	struct error e;

	assert_int_equal(reads("{\"needed\":\"b\"}", &e), 0);
	assert_null(text);
	assert_int_equal(boolean, -1);
	assert_null(any);
	assert_int_equal(reads("{\"needed\":\"b\",\"boolean\":true}", &e), 0);
	assert_int_equal(boolean, 1);
}

static void all_else_is_refused(void **state)
{
	static const struct {
		const char *json, *why;
	} wrong[] = {
		{ "[]", "it is no object" },
		{ "null", "it is no object" },
		{ "{}", "it: needed is missing" },
		{ "{\"needed\":null}", "it: needed has to be a text" },
		{ "{\"needed\":\"b\",\"text\":1}",
		  "it: text has to be a text" },
		{ "{\"needed\":\"b\",\"boolean\":0}",
		  "it: boolean has to be true or false" },
		{ "{\"needed\":\"b\",\"texts\":\"a\"}",
		  "it: there is no member texts" },
		{ "{\"needed\":\"b\",\"\":\"a\"}",
		  "it: there is no member " },
	};
	struct error e;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(reads(wrong[i].json, &e), ERR_MALFORMED);
		assert_string_equal(e.message, wrong[i].why);
	}
}

static int teardown(void **state)
{
	json_decref(object);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_goes_where_it_belongs),
		cmocka_unit_test(what_is_not_there_stays),
		cmocka_unit_test(all_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
