/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_visible: nothing is shown that cannot be seen, and a payment's fields
 * have nothing that passes for something else.
 */
#include "read.h"

#include "content/visible.h"

static void shows(const char *in, const char *out)
{
	struct buf b, again;

	buf_init(&b, 4096);
	buf_init(&again, 4096);
	content_visible_put(slice_str(in), &b);
	assert_string_equal(buf_text(&b), out);
	content_visible_put(buf_slice(&b), &again);
	assert_string_equal(buf_text(&again), out);
	buf_fini(&b);
	buf_fini(&again);
}

static void plain_text_stays(void **state)
{
	shows("", "");
	shows("Große Elbstraße 45\tRhône", "Große Elbstraße 45\tRhône");
	shows("李伟 €\xf0\x9f\x92\xb3 Москва Ωμέγα （中国）",
	      "李伟 €\xf0\x9f\x92\xb3 Москва Ωμέγα"
	      " （中国）");
}

static void what_hides_is_written_out(void **state)
{
	shows("a\x01\n\x7f", "a<U+0001><U+000A><U+007F>");
	shows("\xc2\x85\xc2\x9b", "<U+0085><U+009B>");
	shows("x\xe2\x80\xaetxt.exe", "x<U+202E>txt.exe");
	shows("\xd8\x9c\xe2\x81\xa6", "<U+061C><U+2066>");
	shows("\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "<U+200B><U+FEFF><U+00AD>");
	shows("\xe2\x80\xa8\xe2\x80\xa9", "<U+2028><U+2029>");
	shows("\xf3\xa0\x81\x81\xf3\xa0\x84\x80", "<U+E0041><U+E0100>");
	shows("\xef\xbf\xbe\xf4\x8f\xbf\xbf", "<U+FFFE><U+10FFFF>");
	shows("\xee\x80\x80\xef\xb8\x8f", "<U+E000><U+FE0F>");
}

static void bad_bytes_are_written_out(void **state)
{
	shows("a\xff\xc3", "a<0xFF><0xC3>");
	shows("\xed\xa0\x80", "<0xED><0xA0><0x80>");
	shows("\xc0\x80", "<0xC0><0x80>");
}

/* Every code point that the brief of this layer names, and its neighbours. */
static void every_character_is_either(void **state)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = { { 0x200b, 0x200f }, { 0x2028, 0x202e },
		       { 0x2060, 0x206f }, { 0xe0000, 0xe007f },
		       { 0xfe00, 0xfe0f }, { 0x180e, 0x180e },
		       { 0x80, 0x9f }, { 0xfdd0, 0xfdef } };
	struct buf b;

	buf_init(&b, 64);
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		for (uint32_t c = hidden[i].first; c <= hidden[i].last; c++) {
			uint8_t utf8[4] = { (uint8_t)(0xf0 | c >> 18),
					    (uint8_t)(0x80 | (c >> 12 & 63)),
					    (uint8_t)(0x80 | (c >> 6 & 63)),
					    (uint8_t)(0x80 | (c & 63)) };
			size_t from = c < 0x800 ? 2 : c < 0x10000 ? 1 : 0;

			if (from == 2)
				utf8[2] = (uint8_t)(0xc0 | c >> 6);
			if (from == 1)
				utf8[1] = (uint8_t)(0xe0 | c >> 12);
			buf_reset(&b);
			content_visible_put(slice_of(utf8 + from, 4 - from),
					    &b);
			assert_int_equal(b.ptr[0], '<');
		}
	buf_fini(&b);
}

static void utf8_is_judged_strictly(void **state)
{
	size_t at;

	assert_true(content_visible_utf8(slice_str("aé€\xf0\x9f\x92\xb3"),
					 &at));
	assert_false(content_visible_utf8(slice_str("ab\xc3"), &at));
	assert_int_equal(at, 2);
	assert_false(content_visible_utf8(slice_str("\xf4\x90\x80\x80"),
					  &at));
	assert_false(content_visible_utf8(slice_str("\xe0\x9f\xbf"), &at));
	assert_true(content_visible_utf8(slice_of(NULL, 0), &at));
}

static void takes(const char *text)
{
	if (content_visible_check("f", slice_str(text), &error) != 0)
		fail_msg("%s", error.message);
}

static void refuses(const char *text, const char *words)
{
	error_clear(&error);
	assert_int_equal(content_visible_check("payee.name", slice_str(text),
					       &error), ERR_CONTENT);
	assert_non_null(strstr(error.message, "payee.name "));
	if (strstr(error.message, words) == NULL)
		fail_msg("\"%s\" does not say: %s", error.message, words);
}

static void ordinary_names_pass(void **state)
{
	takes("Noordzee Components B.V.");
	takes("中国银行（北京）ABC支行 3号");
	takes("ООО «Ромашка»");
	takes("Ωμέγα Α.Ε.");
	takes("ACME ООО"); /* two words, each of one alphabet */
	takes("Zoë O’Connor-Łukasz 5 µm");
	takes("e\xcc\x81tude");
}

static void look_alikes_are_refused(void **state)
{
	refuses("p\xd0\xb0ypal", "mixes Latin and Cyrillic");
	refuses("\xd0\xa0\xd0\x90ypal", "mixes Cyrillic and Latin");
	refuses("\xce\x91lpha", "mixes Greek and Latin");
	refuses("a1\xd0\xb0", "mixes");
	refuses("e\xcc\x81\xd0\xb0", "mixes");
	refuses("\xef\xbc\xa1", "U+FF21");
	refuses("\xef\xbc\x91" "00", "U+FF11");
	refuses("\xf0\x9d\x90\x80", "U+1D400");
	refuses("1\xcc\xb6", "written over");
}

static void what_hides_is_refused(void **state)
{
	refuses("", "is empty");
	refuses(" a", "blank");
	refuses("a ", "blank");
	refuses("a\tb", "U+0009");
	refuses("a\nb", "U+000A, a control");
	refuses("a\xe2\x80\xae" "b", "U+202E, a character that turns");
	refuses("a\xe2\x80\x8d" "b", "U+200D, an invisible");
	refuses("a\xff", "no UTF-8 at byte 1");
}

static void length_is_bounded(void **state)
{
	char text[LIMIT_VALUE + 2];

	memset(text, 'x', sizeof(text));
	text[LIMIT_VALUE] = '\0';
	takes(text);
	text[LIMIT_VALUE] = 'x';
	text[LIMIT_VALUE + 1] = '\0';
	refuses(text, "longer than");
}

static void accounts_are_ascii(void **state)
{
	/* Cyrillic from end to end: no word is mixed. */
	static const char text[] = "\xd0\x90\xd0\x92\xd0\xa1" "123";

	takes(text);
	assert_int_equal(content_visible_check_ascii("a", slice_str(text),
						     &error), ERR_CONTENT);
	assert_int_equal(content_visible_check_ascii("a", slice_str("DE96"),
						     &error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(what_hides_is_written_out),
		cmocka_unit_test(bad_bytes_are_written_out),
		cmocka_unit_test(every_character_is_either),
		cmocka_unit_test(utf8_is_judged_strictly),
		cmocka_unit_test(ordinary_names_pass),
		cmocka_unit_test(look_alikes_are_refused),
		cmocka_unit_test(what_hides_is_refused),
		cmocka_unit_test(length_is_bounded),
		cmocka_unit_test(accounts_are_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
