/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_display_text: the display text of older tokens, in and out.
 */
#include "read.h"

#include "content/display_text.h"

#define TYPE CONTENT_TYPE_DISPLAY_TEXT

static void labels_are_its_own(void **state)
{
	struct content *c = read_text(
		TYPE, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		      "<T><D><M><k>收款人:</k><v>李伟</v></M>\n"
		      "<M><k>金额:</k><v>100.00 &amp; x</v></M></D><E/></T>");

	assert_int_equal(c->kind, CONTENT_DISPLAY_TEXT);
	assert_false(c->blind);
	assert_int_equal(c->lines_count, 2);
	assert_string_equal(c->lines[0].label, "收款人:");
	assert_string_equal(c->lines[0].value, "李伟");
	assert_true(c->lines[0].own);
	assert_line(c, "金额:", "100.00 & x");
	content_free(c);
}

static void what_a_token_hides_is_shown(void **state)
{
	struct content *c = read_text(
		TYPE, "<T><D><M><k>a</k><v>b</v></M></D>"
		      "<E><M><k>fee:</k><v>99</v></M></E></T>");

	assert_int_equal(c->lines_count, 2);
	assert_string_equal(c->lines[1].label, "hidden");
	assert_string_equal(c->lines[1].value, "fee: 99");
	assert_false(c->lines[1].own);
	content_free(c);
	c = read_text(TYPE, "<T><D><M><k>a</k><v>b</v></M></D>"
			    "<E>serial 17</E></T>");
	assert_line(c, "hidden", "serial 17");
	content_free(c);
}

static void what_hides_is_made_visible(void **state)
{
	struct content *c = read_text(
		TYPE, "<T><D><M><k>a&#x202E;b</k><v>1&#10;2</v></M></D></T>");

	assert_line(c, "a<U+202E>b", "1<U+000A>2");
	content_free(c);
}

static void nothing_else_has_a_place(void **state)
{
	static const char *const bad[] = {
		"<T/>", "<T></T>", "<T><D/></T>", "<T><D></D><E>x</E></T>x",
		"<T><D>text</D></T>", "<D><M><k>a</k><v>b</v></M></D>",
		"<T><D><M><k>a</k></M></D></T>",
		"<T><D><M><v>b</v></M></D></T>",
		"<T><D><M/></D></T>",
		"<T><D><M><v>b</v><k>a</k></M></D></T>",
		"<T><D><M><k>a</k><v>b</v><v>c</v></M></D></T>",
		"<T><D><M><k>a</k><k>b</k><v>c</v></M></D></T>",
		"<T><D><M><k>a</k><v>b</v><x>c</x></M></D></T>",
		"<T><D><M><k>a</k><v>b</v></M></D><F/></T>",
		"<T><D><M><k>a</k><v>b</v></M></D><D/></T>",
		"<T><D><M><k>a</k><v>b</v></M></D><E/><E/></T>",
		"<T><D><M hidden='1'><k>a</k><v>b</v></M></D></T>",
		"<T><D><M><k>a</k><v>b</v></M>text</D></T>",
		"<T xmlns:x='u'><D><M><k>a</k><v>b</v></M></D><x:E/></T>",
		"<!DOCTYPE T><T><D><M><k>a</k><v>b</v></M></D></T>",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct content_input in = { .media_type = TYPE,
					    .data = slice_str(bad[i]) };
		struct content *c = NULL;

		if (content_read(&in, &c, &error) != ERR_CONTENT)
			fail_msg("%s is taken", bad[i]);
	}
}

static void only_an_empty_e_shows_nothing(void **state)
{
	refused(TYPE, "<T><D/><E></E></T>", ERR_CONTENT, "nothing to display");
}

static void values_are_bounded(void **state)
{
	char *text;

	assert_true(asprintf(&text, "<T><D><M><k>a</k><v>%0*d</v></M></D></T>",
			     LIMIT_VALUE, 1) > 0);
	content_free(read_text(TYPE, text));
	free(text);
	assert_true(asprintf(&text, "<T><D><M><k>a</k><v>%0*d</v></M></D></T>",
			     LIMIT_VALUE + 1, 1) > 0);
	refused(TYPE, text, ERR_CONTENT, "T/D/M/v is longer");
	free(text);
}

static struct content *there_and_back(const struct content *c)
{
	struct content *back;
	struct buf xml;

	buf_init(&xml, LIMIT_SHOWN);
	content_display_text_put(c, &xml);
	assert_int_equal(buf_error(&xml), 0);
	back = read_bytes(TYPE, buf_slice(&xml));
	buf_fini(&xml);
	assert_int_equal(back->lines_count, c->lines_count);
	for (size_t i = 0; i < c->lines_count; i++)
		assert_string_equal(back->lines[i].value, c->lines[i].value);
	return back;
}

static void a_payment_goes_out(void **state)
{
	struct content *c = read_text(
		CONTENT_TYPE_PAYMENT,
		"{\"payee\":{\"account\":\"1\",\"name\":\"<A & B>\"},"
		"\"total\":{\"currency\":\"CNY\",\"value\":\"5.00\"}}");
	struct buf xml;

	buf_init(&xml, 4096);
	content_display_text_put(c, &xml);
	assert_string_equal(
		buf_text(&xml),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><T><D>"
		"<M><k>payee.name:</k><v>&lt;A &amp; B&gt;</v></M>"
		"<M><k>payee.account:</k><v>1</v></M>"
		"<M><k>amount:</k><v>5.00 CNY</v></M></D><E></E></T>");
	buf_fini(&xml);
	content_free(there_and_back(c));
	content_free(c);
}

static void what_went_out_comes_back(void **state)
{
	struct content *c = read_text("text/plain",
				      "a\tb ]]> &#9; \xe2\x80\xae\n<v>\n中");
	struct content *once = there_and_back(c);
	struct content *twice = there_and_back(once);

	for (size_t i = 0; i < c->lines_count; i++)
		assert_string_equal(twice->lines[i].label,
				    once->lines[i].label);
	content_free(c);
	content_free(once);
	content_free(twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_its_own),
		cmocka_unit_test(what_a_token_hides_is_shown),
		cmocka_unit_test(what_hides_is_made_visible),
		cmocka_unit_test(nothing_else_has_a_place),
		cmocka_unit_test(only_an_empty_e_shows_nothing),
		cmocka_unit_test(values_are_bounded),
		cmocka_unit_test(a_payment_goes_out),
		cmocka_unit_test(what_went_out_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
