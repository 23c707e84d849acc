/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text: a text is shown line by line, all of it, or it is blind.
 */
#include "read.h"

static void shows(const char *text, size_t count, const char *const lines[])
{
	struct content *c = read_text("text/plain", text);

	assert_int_equal(c->kind, CONTENT_TEXT);
	assert_false(c->blind);
	assert_int_equal(c->lines_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(c->lines[i].label, "text");
		assert_string_equal(c->lines[i].value, lines[i]);
	}
	content_free(c);
}

static void lines_end_with_lf_or_cr_lf(void **state)
{
	static const char *const two[] = { "a", "b" };
	static const char *const blank[] = { "", "", "x" };

	shows("", 0, NULL);
	shows("a\nb", 2, two);
	shows("a\r\nb\r\n", 2, two);
	shows("\n\r\nx\n", 3, blank);
}

static void what_hides_is_made_visible(void **state)
{
	static const char *const lines[] = { "pay\t<U+202E>oiram",
					     "a<U+000D>b", "<U+0000>" };
	static const char text[] = "pay\t\xe2\x80\xaeoiram\na\rb\n\0\n";
	struct content *c = read_bytes("text/plain;charset=utf-8",
				       slice_of(text, sizeof(text) - 1));

	assert_int_equal(c->lines_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(c->lines[i].value, lines[i]);
	content_free(c);
}

static void long_lines_go_on(void **state)
{
	char text[2 * LIMIT_VALUE + 8];
	struct content *c;
	size_t shown = 0;

	/* A character of three bytes lies across the border. */
	memset(text, 'a', sizeof(text));
	memcpy(text + LIMIT_VALUE - 1, "€", 3);
	text[sizeof(text) - 1] = '\0';
	c = read_text("text/plain", text);
	assert_int_equal(c->lines_count, 3);
	assert_string_equal(c->lines[0].label, "text");
	assert_int_equal(strlen(c->lines[0].value), LIMIT_VALUE - 1);
	assert_string_equal(c->lines[1].label, "text.more");
	assert_memory_equal(c->lines[1].value, "€", 3);
	for (size_t i = 0; i < 3; i++) {
		assert_memory_equal(text + shown, c->lines[i].value,
				    strlen(c->lines[i].value));
		shown += strlen(c->lines[i].value);
	}
	assert_int_equal(shown, strlen(text));
	content_free(c);
}

static void it_has_to_be_utf8(void **state)
{
	refused("text/plain", "ab\xe4", ERR_CONTENT, "no UTF-8 at byte 2");
	refused("text/plain", "\xff\xfe" "a", ERR_CONTENT, "at byte 0");
}

static void another_charset_is_blind(void **state)
{
	struct content *c = read_text("text/plain;charset=gbk", "\xc0\xee");

	assert_true(c->blind);
	assert_int_equal(c->kind, CONTENT_DATA);
	assert_line(c, "blind", "charset");
	content_free(c);
}

static void too_many_lines_are_blind(void **state)
{
	char *text = malloc(LIMIT_LINES + 2);
	struct content *c;

	memset(text, '\n', LIMIT_LINES + 1);
	text[LIMIT_LINES] = '\0';
	c = read_text("text/plain", text);
	assert_false(c->blind);
	assert_int_equal(c->lines_count, LIMIT_LINES);
	content_free(c);
	text[LIMIT_LINES] = 'x';
	text[LIMIT_LINES + 1] = '\0';
	c = read_text("text/plain", text);
	assert_true(c->blind);
	assert_line(c, "blind", "too-many-lines");
	content_free(c);
	free(text);
}

/* Long lines count as what they take. */
static void long_lines_count(void **state)
{
	size_t len = (size_t)LIMIT_LINES * LIMIT_VALUE;
	char *text = malloc(len + 1);
	struct content *c;

	memset(text, 'x', len + 1);
	c = read_bytes("text/plain", slice_of(text, len));
	assert_false(c->blind);
	assert_int_equal(c->lines_count, LIMIT_LINES);
	content_free(c);
	c = read_bytes("text/plain", slice_of(text, len + 1));
	assert_line(c, "blind", "too-large");
	content_free(c);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_lf_or_cr_lf),
		cmocka_unit_test(what_hides_is_made_visible),
		cmocka_unit_test(long_lines_go_on),
		cmocka_unit_test(it_has_to_be_utf8),
		cmocka_unit_test(another_charset_is_blind),
		cmocka_unit_test(too_many_lines_are_blind),
		cmocka_unit_test(long_lines_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
