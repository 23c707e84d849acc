/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_writer: whatever a token says of itself, what is written is JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/writer.h"
#include "base/problem.h"

static void commas_put_themselves(void **state)
{
	struct buf b;
	struct writer j = writer_of(&b);

	buf_init(&b, 1024);
	writer_open(&j, NULL, '{');
	writer_text(&j, "a", "x");
	writer_open(&j, "b", '[');
	writer_int(&j, NULL, -1);
	writer_bool(&j, NULL, true);
	writer_close(&j, ']');
	writer_open(&j, "c", '{');
	writer_close(&j, '}');
	writer_null(&j, "d");
	writer_close(&j, '}');
	assert_string_equal(buf_text(&b), "{\"a\":\"x\",\"b\":[-1,true],"
			    "\"c\":{},\"d\":null}");
	buf_fini(&b);
}

/* At each place of a word, what has to be escaped is, and nothing else. */
static void every_byte_at_every_place(void **state)
{
	char text[20], expected[40];
	struct buf b;

	buf_init(&b, 64);
	for (int c = 1; c < 0x80; c++)
		for (size_t at = 0; at < sizeof(text) - 1; at++) {
			json_t *parsed;

			memset(text, 'a', sizeof(text) - 1);
			text[sizeof(text) - 1] = '\0';
			text[at] = (char)c;
			buf_reset(&b);
			writer_string(&b, text, sizeof(text) - 1);
			parsed = json_loads(buf_text(&b), JSON_DECODE_ANY,
					    NULL);
			assert_non_null(parsed);
			assert_string_equal(json_string_value(parsed), text);
			json_decref(parsed);
			snprintf(expected, sizeof(expected), "\"%s\"", text);
			if (c >= 0x20 && c != '"' && c != '\\')
				assert_string_equal(buf_text(&b), expected);
		}
	buf_fini(&b);
}

static void numbers_are_whole(void **state)
{
	struct buf b;
	struct writer j = writer_of(&b);

	buf_init(&b, 1024);
	writer_open(&j, NULL, '[');
	writer_int(&j, NULL, 0);
	writer_int(&j, NULL, 1000);
	writer_int(&j, NULL, INT64_MAX);
	writer_int(&j, NULL, INT64_MIN);
	writer_close(&j, ']');
	assert_string_equal(buf_text(&b), "[0,1000,9223372036854775807,"
			    "-9223372036854775808]");
	buf_fini(&b);
}

static void check_text(const char *in, const char *out)
{
	struct buf b;
	struct writer j = writer_of(&b);
	json_t *parsed;

	buf_init(&b, 8192);
	writer_text(&j, NULL, in);
	parsed = json_loadb((const char *)b.ptr, b.len, JSON_DECODE_ANY, NULL);
	assert_non_null(parsed);
	assert_string_equal(json_string_value(parsed), out);
	json_decref(parsed);
	buf_fini(&b);
}

static void texts_survive(void **state)
{
	check_text("", "");
	check_text("\"\\/\b\f\n\r\t\x01\x7f", "\"\\/\b\f\n\r\t\x01\x7f");
	check_text("李伟 €\xf0\x9f\x92\xb3", "李伟 €\xf0\x9f\x92\xb3");
}

/* Overlong, cut off, surrogates, above U+10FFFF: replaced byte by byte. */
static void bad_utf8_is_replaced(void **state)
{
	check_text("\xff", "\xef\xbf\xbd");
	check_text("a\xc3", "a\xef\xbf\xbd");
	check_text("\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
	check_text("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_text("\xf4\x90\x80\x80",
		   "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

/* All byte strings of length two and three over the interesting bytes. */
static void any_bytes_give_json(void **state)
{
	static const uint8_t bytes[] = { 1, '"', '\\', 'a', 0x7f, 0x80, 0xbf,
					 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0,
					 0xf4, 0xf5, 0xff };
	const size_t n = sizeof(bytes);

	for (size_t i = 0; i < n * n * n; i++) {
		char text[4] = { (char)bytes[i % n], (char)bytes[i / n % n],
				 (char)bytes[i / n / n], 0 };
		struct buf b;
		struct writer j = writer_of(&b);
		json_t *parsed;

		buf_init(&b, 64);
		writer_text(&j, NULL, text);
		parsed = json_loadb((const char *)b.ptr, b.len,
				    JSON_DECODE_ANY, NULL);
		assert_non_null(parsed);
		json_decref(parsed);
		buf_fini(&b);
	}
}

static void a_problem_has_its_members(void **state)
{
	struct buf b;
	struct writer j = writer_of(&b);
	struct error e;
	json_t *p;

	error_set(&e, ERR_QUOTA, "too \"many\"");
	e.ckr = 0x31;
	buf_init(&b, 1024);
	problem_put(&j, NULL, &e, "abc");
	p = json_loadb((const char *)b.ptr, b.len, 0, NULL);
	assert_non_null(p);
	assert_string_equal(json_string_value(json_object_get(p, "type")),
			    "urn:signet:problem:quota");
	assert_int_equal(json_integer_value(json_object_get(p, "status")),
			 429);
	assert_int_equal(json_integer_value(json_object_get(p, "ckr")), 0x31);
	assert_string_equal(json_string_value(json_object_get(p, "detail")),
			    "too \"many\"");
	assert_string_equal(json_string_value(json_object_get(p, "request")),
			    "abc");
	assert_true(json_is_true(json_object_get(p, "retry")));
	json_decref(p);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_put_themselves),
		cmocka_unit_test(every_byte_at_every_place),
		cmocka_unit_test(numbers_are_whole),
		cmocka_unit_test(texts_survive),
		cmocka_unit_test(bad_utf8_is_replaced),
		cmocka_unit_test(any_bytes_give_json),
		cmocka_unit_test(a_problem_has_its_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
