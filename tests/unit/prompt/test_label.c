/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_label: words of contents, and words that nobody knows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "prompt/label.h"

#define DOCUMENT "docs/content.md"

static void words_are_told_in_plain_language(void **state)
{
	assert_string_equal(prompt_label("payee.name"), "Payee");
	assert_string_equal(prompt_label("amount"), "Amount");
	assert_string_equal(prompt_label_kind("payment"), "Payment");
	assert_string_equal(prompt_label_value("blind", "charset"),
			    "it is not in UTF-8");
	assert_string_equal(prompt_label_value("name", "charset"), "charset");
}

/* The words between backquotes of the first column of a row. */
static unsigned check_row(char *row)
{
	unsigned count = 0;
	char *word, *end, *column = strchr(row + 1, '|');

	if (column != NULL)
		*column = '\0';
	for (word = row; (word = strchr(word, '`')) != NULL; word = end + 1) {
		end = strchr(++word, '`');
		if (end == NULL)
			break;
		*end = '\0';
		/* An example of a value has a blank in it. */
		if (strchr(word, ' ') != NULL || strncmp(word, "text", 4) == 0)
			continue;
		if (strcmp(prompt_label(word), word) == 0)
			fail_msg("no text for the label %s", word);
		count++;
	}
	return count;
}

static void every_label_of_the_document_has_a_text(void **state)
{
	FILE *f = fopen(DOCUMENT, "re");
	bool here = false;
	unsigned count = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "## ", 3) == 0)
			here = strcmp(line, "## Labels\n") == 0;
		if (here && line[0] == '|')
			count += check_row(line);
	}
	fclose(f);
	assert_true(count > 40);
}

/* A newer signetd: better an odd word than none. */
static void what_is_not_known_is_given_back(void **state)
{
	assert_string_equal(prompt_label("payee.shoe-size"), "payee.shoe-size");
	assert_string_equal(prompt_label(""), "");
	assert_string_equal(prompt_label_kind("song"), "song");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_told_in_plain_language),
		cmocka_unit_test(every_label_of_the_document_has_a_text),
		cmocka_unit_test(what_is_not_known_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
