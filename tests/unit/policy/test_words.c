/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_words: sentences stay in their place, whatever is put in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "policy/words.h"

static void texts_follow_each_other(void **state)
{
	char out[32];
	struct policy_words w = policy_words_of(out, sizeof(out));

	assert_string_equal(out, "");
	policy_words_put(&w, "a %d", 1);
	policy_words_put(&w, "%s", ", b");
	assert_string_equal(out, "a 1, b");
	assert_int_equal(w.len, strlen(out));
	assert_false(w.full);
}

static void what_does_not_fit_ends_in_dots(void **state)
{
	char out[8 + 4];
	struct policy_words w = policy_words_of(out, 8);

	memset(out + 8, 'x', 4);
	policy_words_put(&w, "%s", "1234567");
	assert_false(w.full);
	policy_words_put(&w, "%s", "8");
	assert_string_equal(out, "1234...");
	assert_true(w.full);
	policy_words_put(&w, "%s", "9");
	assert_string_equal(out, "1234...");
	assert_memory_equal(out + 8, "xxxx", 4);
}

static void a_character_is_not_cut_in_two(void **state)
{
	char out[8];
	struct policy_words w = policy_words_of(out, sizeof(out));

	policy_words_put(&w, "%s", "123\xe4\xb8\xad\xe6\x96\x87");
	assert_string_equal(out, "123...");
}

static void a_long_list_is_told_in_short(void **state)
{
	char a[] = "a", b[] = "b", c[] = "c";
	char *list[6] = { a, b, c, a, b, c };
	char out[64];
	struct policy_words w = policy_words_of(out, sizeof(out));

	policy_words_any(&w, list, 1);
	policy_words_put(&w, "; ");
	policy_words_any(&w, list, 2);
	policy_words_put(&w, "; ");
	policy_words_any(&w, list, 3);
	policy_words_put(&w, "; ");
	policy_words_any(&w, list, 6);
	assert_string_equal(out, "a; a or b; a, b or c; a, b, c or 3 more");
}

static void nobody_may_want_to_know(void **state)
{
	policy_words_put(NULL, "%s", "a");
	policy_words_any(NULL, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_follow_each_other),
		cmocka_unit_test(what_does_not_fit_ends_in_dots),
		cmocka_unit_test(a_character_is_not_cut_in_two),
		cmocka_unit_test(a_long_list_is_told_in_short),
		cmocka_unit_test(nobody_may_want_to_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
