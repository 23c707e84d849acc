/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/term.c and batch.c: what may reach a terminal, and many
 * items at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "cli/batch.h"
#include "cli/term.h"

static void expect_safe(const char *text, const char *want)
{
	char out[64];

	cli_term_safe(text, out, sizeof(out));
	assert_string_equal(out, want);
}

static void lets_text_pass(void **state)
{
	expect_safe("", "");
	expect_safe("CN=Zhang Min", "CN=Zhang Min");
	expect_safe("\xe5\xbc\xa0\xe6\x95\x8f \xc3\xa4 \xf0\x9f\x94\x91",
		    "\xe5\xbc\xa0\xe6\x95\x8f \xc3\xa4 \xf0\x9f\x94\x91");
}

static void hides_what_steers_a_terminal(void **state)
{
	expect_safe("a\033[31mb\r\n\x7f", "a?[31mb???");
	expect_safe("\xc2\x9b" "31m", "?31m");		   /* C1 CSI */
	expect_safe("\xe2\x80\xae" "fdp", "?fdp");	   /* U+202E */
	expect_safe("\xe2\x81\xa6x\xe2\x80\x8b", "?x?");   /* U+2066, U+200B */
	expect_safe("\xef\xbb\xbf", "?");		   /* U+FEFF */
}

static void hides_what_is_not_utf8(void **state)
{
	expect_safe("\xff" "a", "?a");
	expect_safe("\xc3", "?");
	expect_safe("\xc0\x9b" "a", "??a");		   /* overlong ESC */
	expect_safe("\xed\xa0\x80", "???");		   /* a surrogate */
	expect_safe("\xf4\x90\x80\x80", "????");	   /* above U+10FFFF */
}

static void cuts_at_a_character(void **state)
{
	char out[6];

	cli_term_safe("\xe5\xbc\xa0\xe6\x95\x8f", out, sizeof(out));
	assert_string_equal(out, "\xe5\xbc\xa0");
}

static void counts_columns(void **state)
{
	assert_int_equal(cli_term_width("abc"), 3);
	assert_int_equal(cli_term_width("\xe5\xbc\xa0\xe6\x95\x8f"), 4);
	assert_int_equal(cli_term_width(""), 0);
}

static void colours_states(void **state)
{
	assert_int_equal(cli_term_colour_of("ready"), CLI_GREEN);
	assert_int_equal(cli_term_colour_of("failed"), CLI_RED);
	assert_int_equal(cli_term_colour_of("INDETERMINATE"), CLI_YELLOW);
}

static void draws_a_bar(void **state)
{
	char out[128];

	cli_batch_bar(0, 4, 30, out, sizeof(out));
	assert_string_equal(out, "[..........] 0/4");
	cli_batch_bar(2, 4, 30, out, sizeof(out));
	assert_string_equal(out, "[#####.....] 2/4");
	cli_batch_bar(4, 4, 30, out, sizeof(out));
	assert_string_equal(out, "[##########] 4/4");
	cli_batch_bar(1, 1, 65535, out, sizeof(out));
	assert_int_equal(strlen(out), 46);
}

/* Each item is done once; its number says how it ends. */
struct seen {
	unsigned int times[100];
	unsigned int opened, closed;
	bool fail_open;
};

static void *open_own(void *context)
{
	struct seen *s = context;

	__atomic_fetch_add(&s->opened, 1, __ATOMIC_RELAXED);
	return s->fail_open ? NULL : s;
}

static void close_own(void *own)
{
	struct seen *s = own;

	__atomic_fetch_add(&s->closed, 1, __ATOMIC_RELAXED);
}

static int work(void *context, void *own, size_t i)
{
	struct seen *s = context;

	assert_ptr_equal(own, context);
	__atomic_fetch_add(&s->times[i], 1, __ATOMIC_RELAXED);
	return i == 7 ? 1 : i == 50 ? 5 : 0;
}

static void does_every_item_once(void **state)
{
	struct seen s = { .opened = 0 };
	struct cli_batch_result result;
	const struct cli_batch b = {
		.len = 100, .jobs = 8, .context = &s,
		.open = open_own, .close = close_own, .work = work,
	};

	assert_true(cli_batch_run(&b, &result));
	for (size_t i = 0; i < ARRAY_LEN(s.times); i++)
		assert_int_equal(s.times[i], 1);
	assert_int_equal(result.done, 100);
	assert_int_equal(result.failed, 2);
	assert_int_equal(result.status, 5);
	assert_int_equal(s.opened, 8);
	assert_int_equal(s.closed, 8);
}

static void tells_when_nothing_could_start(void **state)
{
	struct seen s = { .fail_open = true };
	struct cli_batch_result result;
	const struct cli_batch b = {
		.len = 3, .jobs = 2, .context = &s,
		.open = open_own, .close = close_own, .work = work,
	};

	assert_false(cli_batch_run(&b, &result));
	assert_int_equal(result.done, 0);
	assert_int_equal(s.closed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_text_pass),
		cmocka_unit_test(hides_what_steers_a_terminal),
		cmocka_unit_test(hides_what_is_not_utf8),
		cmocka_unit_test(cuts_at_a_character),
		cmocka_unit_test(counts_columns),
		cmocka_unit_test(colours_states),
		cmocka_unit_test(draws_a_bar),
		cmocka_unit_test(does_every_item_once),
		cmocka_unit_test(tells_when_nothing_could_start),
	};

	setlocale(LC_ALL, "C");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
