/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_order: a message of Signet's extension is read strictly, and can be
 * answered as soon as it has an id.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "webhost/order.h"

#define GET "\"id\":1,\"origin\":\"https://a.example\",\"method\":\"GET\","

static struct order o;
static struct error e;

static int tear_down(void **state)
{
	order_fini(&o);
	return 0;
}

static int read_text(const char *text)
{
	order_fini(&o);
	error_clear(&e);
	return order_read(&o, slice_str(text), &e);
}

static void a_request_is_read(void **state)
{
	assert_int_equal(read_text(
		"{\"id\":7,\"origin\":\"https://a.example\","
		"\"method\":\"POST\",\"path\":\"/v1/signatures\",\"headers\":"
		"{\"idempotency-key\":\"k 1\",\"Prefer\":\"respond-async\"},"
		"\"body\":{\"b\":[1,2.5],\"a\":\"\xc3\xa9\"}}"), 0);
	assert_string_equal(o.id, "7");
	assert_false(o.cancel);
	assert_string_equal(o.origin, "https://a.example");
	assert_string_equal(o.method, "POST");
	assert_string_equal(o.path, "/v1/signatures");
	assert_int_equal(o.fields_count, 2);
	assert_string_equal(buf_text(&o.fields[0]), "idempotency-key: k 1");
	/* In the order of the page: a retry has the same bytes. */
	assert_string_equal(o.body, "{\"b\":[1,2.5],\"a\":\"\xc3\xa9\"}");
}

static void cancelling_is_read(void **state)
{
	assert_int_equal(read_text("{\"id\":\"a\\\"b\",\"cancel\":true}"), 0);
	assert_true(o.cancel);
	assert_string_equal(o.id, "\"a\\\"b\"");
}

static void id_is(const char *id, const char *wanted)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"id\":%s,\"cancel\":true}", id);
	assert_int_equal(read_text(text), wanted == NULL ? ERR_MALFORMED : 0);
	if (wanted == NULL)
		assert_null(o.id);
	else
		assert_string_equal(o.id, wanted);
}

static void ids_are_numbers_or_texts(void **state)
{
	char text[70];

	id_is("1", "1");
	id_is("2147483647", "2147483647");
	id_is("2147483648", NULL);
	id_is("0", NULL);
	id_is("-1", NULL);
	id_is("1.0", NULL);
	id_is("true", NULL);
	id_is("null", NULL);
	id_is("[]", NULL);
	id_is("\"\"", NULL);
	snprintf(text, sizeof(text), "\"%064d\"", 0);
	id_is(text, text);
	snprintf(text, sizeof(text), "\"%065d\"", 0);
	id_is(text, NULL);
}

/* It can be answered, and says why not. */
static void is_refused(const char *text)
{
	assert_int_equal(read_text(text), ERR_MALFORMED);
	if (o.id == NULL)
		fail_msg("no id: %s", text);
	assert_true(strlen(e.message) > 0);
}

static void requests_are_strict(void **state)
{
	assert_int_equal(read_text("{" GET "\"path\":\"/\"}"), 0);
	is_refused("{" GET "\"path\":\"/\",\"more\":1}");
	is_refused("{" GET "\"path\":\"v1\"}");
	is_refused("{" GET "\"path\":\"/a b\"}");
	is_refused("{" GET "\"path\":\"/a#b\"}");
	is_refused("{" GET "\"path\":\"/\\u0001\"}");
	is_refused("{" GET "\"path\":\"/\xc3\xa9\"}");
	is_refused("{" GET "\"path\":\"/\",\"body\":{}}");
	is_refused("{" GET "\"path\":\"/\",\"headers\":[]}");
	is_refused("{" GET "\"path\":\"/\",\"headers\":{\"Host\":\"a\"}}");
	is_refused("{" GET "\"path\":\"/\",\"headers\":{\"Prefer\":\"a\\r\"}}");
	is_refused("{\"id\":1,\"method\":\"GET\",\"path\":\"/\"}");
	is_refused("{\"id\":1,\"origin\":\"o\",\"method\":\"HEAD\","
		   "\"path\":\"/\"}");
	is_refused("{\"id\":1,\"origin\":\"o\",\"method\":\"POST\","
		   "\"path\":\"/\",\"body\":[]}");
	is_refused("{\"id\":1,\"cancel\":1}");
}

static void the_longest_field_that_is_passed_on(void **state)
{
	char text[1024];

	snprintf(text, sizeof(text), "{" GET "\"path\":\"/\",\"headers\":"
		 "{\"Prefer\":\"%0511d\"}}", 0);
	assert_int_equal(read_text(text), 0);
	snprintf(text, sizeof(text), "{" GET "\"path\":\"/\",\"headers\":"
		 "{\"Prefer\":\"%0512d\"}}", 0);
	is_refused(text);
}

static void what_is_no_object_has_no_id(void **state)
{
	static const char *const texts[] = {
		"", "{", "[]", "1", "\"id\"", "{\"id\":1}x",
		"{\"id\":1,\"id\":1}", "{\"id\":\"\xc3\x28\"}",
		"{\"id\":\"a\\u0000\"}" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(read_text(texts[i]), ERR_MALFORMED);
		assert_null(o.id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_request_is_read, tear_down),
		cmocka_unit_test_teardown(cancelling_is_read, tear_down),
		cmocka_unit_test_teardown(ids_are_numbers_or_texts, tear_down),
		cmocka_unit_test_teardown(requests_are_strict, tear_down),
		cmocka_unit_test_teardown(the_longest_field_that_is_passed_on,
					  tear_down),
		cmocka_unit_test_teardown(what_is_no_object_has_no_id,
					  tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
