/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text: nothing is lost in wrapping and paging, and no value is a line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "prompt/pinentry.h"
#include "prompt/text.h"

static int utf8_locale(void **state)
{
	return setlocale(LC_ALL, "C.UTF-8") == NULL;
}

static void a_line_that_fits_is_a_line(void **state)
{
	struct prompt_text t;

	prompt_text_init(&t, 40, 0);
	prompt_text_field(&t, "Payee", "Bob");
	prompt_text_gap(&t);
	prompt_text_gap(&t);
	prompt_text_say(&t, "Yes.");
	assert_string_equal(buf_text(&t.out), "Payee: Bob\n\nYes.\n");
	prompt_text_fini(&t);
}

static void what_is_wrapped_is_marked(void **state)
{
	struct prompt_text t;

	prompt_text_init(&t, 20, 0);
	prompt_text_field(&t, "A", "one two three four Payee: Bob");
	assert_string_equal(buf_text(&t.out),
			    "A: one two three \n+ four Payee: Bob\n");
	prompt_text_fini(&t);
	prompt_text_init(&t, 10, 0);
	prompt_text_field(&t, "A", "0123456789abcdefgh");
	assert_string_equal(buf_text(&t.out),
			    "A: 0123456\n+ 789abcde\n+ fgh\n");
	prompt_text_fini(&t);
}

static void wide_letters_count_two(void **state)
{
	struct prompt_text t;

	prompt_text_init(&t, 10, 0);
	prompt_text_field(&t, "A", "收款人收款人");
	assert_string_equal(buf_text(&t.out), "A: 收款人\n+ 收款人\n");
	prompt_text_fini(&t);
}

static void a_value_stays_in_its_line(void **state)
{
	struct prompt_text t;

	prompt_text_init(&t, 74, 0);
	prompt_text_field(&t, "A", "x\nPayee: Bob");
	assert_string_equal(buf_text(&t.out), "A: x<U+000A>Payee: Bob\n");
	prompt_text_fini(&t);
}

static void clipped_is_said(void **state)
{
	struct prompt_text t;

	prompt_text_init(&t, 74, 5);
	prompt_text_field(&t, "A", "1234567");
	prompt_text_field(&t, "A", "12345");
	prompt_text_field(&t, "A", "收款人");
	assert_string_equal(buf_text(&t.out),
			    "A: 12345[...]\nA: 12345\nA: 收款[...]\n");
	prompt_text_fini(&t);
}

/* All that is put is on some page, each page fits, and there is an end. */
static void pages_lose_nothing(void **state)
{
	const struct prompt_room room = { .rows = 7, .width = 40,
					  .bytes = 200 };
	struct slice rest, page;
	struct prompt_text t;
	char value[400];
	size_t total = 0;

	prompt_text_init(&t, room.width, 0);
	for (unsigned i = 0; i < 200; i++) {
		memset(value, i % 3 == 0 ? '%' : 'x', sizeof(value));
		value[i * 7 % sizeof(value)] = '\0';
		prompt_text_field(&t, "Label", value);
	}
	rest = buf_slice(&t.out);
	assert_false(prompt_text_fits(rest, &room));
	while (rest.len > 0) {
		size_t before = rest.len;

		page = prompt_text_page(&rest, &room);
		assert_true(rest.len < before);
		assert_true(prompt_pinentry_size(page) <= room.bytes);
		assert_true(prompt_text_fits(page, &room));
		total += before - rest.len;
		assert_memory_equal(page.ptr, t.out.ptr + total -
				    (before - rest.len), page.len);
	}
	assert_int_equal(total, t.out.len);
	prompt_text_fini(&t);
}

/* A single line that is too long for a dialog must not loop for ever. */
static void a_page_takes_at_least_a_line(void **state)
{
	const struct prompt_room room = { .rows = 1, .width = 40, .bytes = 4 };
	struct slice rest = slice_str("0123456789\nabc\n");

	assert_int_equal(prompt_text_page(&rest, &room).len, 10);
	assert_int_equal(prompt_text_page(&rest, &room).len, 3);
	assert_int_equal(rest.len, 0);
}

static void escapes_count_three(void **state)
{
	assert_int_equal(prompt_pinentry_size(slice_str("a%\n")), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_fits_is_a_line),
		cmocka_unit_test(what_is_wrapped_is_marked),
		cmocka_unit_test(wide_letters_count_two),
		cmocka_unit_test(a_value_stays_in_its_line),
		cmocka_unit_test(clipped_is_said),
		cmocka_unit_test(pages_lose_nothing),
		cmocka_unit_test(a_page_takes_at_least_a_line),
		cmocka_unit_test(escapes_count_three),
	};

	return cmocka_run_group_tests(tests, utf8_locale, NULL);
}
