/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_control: commands change the card, and what the reader is told; lines
 * that are none change nothing.
 */
#include "tests/card/control.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/card/card.h"
#include "tests/card/link.h"
#include "tests/unit/card/head.h"

/* A reader that writes down what it is told: I, O, and the answers. */
static char told[256];

static void presence(struct link *l, bool present)
{
	strncat(told, present ? "I" : "O", 2);
}

static void answer(struct link *l, struct slice bytes)
{
	char text[16];

	if (bytes.len < 2)
		snprintf(text, sizeof(text), "[gone]");
	else
		snprintf(text, sizeof(text), "[%02x%02x]",
			 bytes.ptr[bytes.len - 2], bytes.ptr[bytes.len - 1]);
	strncat(told, text, sizeof(told) - strlen(told) - 1);
}

static const struct link_ops ops = { .presence = presence, .answer = answer };
static struct link reader = { .ops = &ops };

struct desk {
	char folder[32];
	struct card card;
	struct control control;
};

static void write_profile(const char *folder, const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
	strncat(path, "/card", 8);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs("pin 123456\npuk 12345678\n"
	      "guid 000102030405060708090a0b0c0d0e0f\n", f);
	fclose(f);
}

static void remove_profile(const char *folder, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/card", folder, name);
	unlink(path);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	rmdir(path);
}

static int open_desk(void **state)
{
	static struct desk d;
	char path[64];

	snprintf(d.folder, sizeof(d.folder), "/tmp/test_control.XXXXXX");
	assert_non_null(mkdtemp(d.folder));
	write_profile(d.folder, "one");
	write_profile(d.folder, "two");
	snprintf(path, sizeof(path), "%s/one", d.folder);
	assert_int_equal(card_init(&d.card, path, true, NULL), 0);
	d.card.link = &reader;
	d.control.quit = false;
	told[0] = '\0';
	*state = &d;
	return 0;
}

static int close_desk(void **state)
{
	struct desk *d = *state;

	card_fini(&d->card);
	remove_profile(d->folder, "one");
	remove_profile(d->folder, "two");
	rmdir(d->folder);
	return 0;
}

/* True when the line is answered "ok"; what follows is in *said. */
static char said[512];

static bool does(struct desk *d, const char *line)
{
	AUTO(buf_fini) struct buf out;
	char copy[256];

	buf_init(&out, sizeof(said) - 1);
	snprintf(copy, sizeof(copy), "%s\n", line);
	control_run(&d->control, &d->card, copy, &out);
	snprintf(said, sizeof(said), "%s", buf_text(&out));
	return strncmp(said, "ok", 2) == 0;
}

#define SELECT BYTES("\0\xa4\4\0\5\xa0\0\0\3\x8\0")
#define LOGIN_STATE BYTES("\0\x20\0\x80")

static void the_reader_hears_of_each_change_once(void **state)
{
	assert_true(does(*state, "insert"));
	assert_true(does(*state, "remove"));
	assert_true(does(*state, "remove"));
	assert_true(does(*state, "insert"));
	assert_string_equal(told, "OI");
}

static void a_card_without_power_does_not_answer(void **state)
{
	struct desk *d = *state;

	card_transmit(&d->card, SELECT);
	card_power_on(&d->card);
	card_transmit(&d->card, SELECT);
	card_power_off(&d->card);
	card_transmit(&d->card, SELECT);
	assert_string_equal(told, "[gone][9000][gone]");
}

static void a_swapped_card_is_another_with_counters_of_its_own(void **state)
{
	struct desk *d = *state;
	char line[128];

	card_piv(&d->card)->pin.tries = 1;
	snprintf(line, sizeof(line), "swap %s/two", d->folder);
	assert_true(does(d, line));
	assert_string_equal(told, "OI");
	assert_true(does(d, "status"));
	assert_non_null(strstr(said, "pin=3"));
	assert_false(d->card.powered);
	snprintf(line, sizeof(line), "swap %s/one", d->folder);
	assert_true(does(d, line));
	assert_true(does(d, "status"));
	assert_non_null(strstr(said, "pin=1"));
	assert_true(does(d, "reset-counters"));
	assert_true(does(d, "status"));
	assert_non_null(strstr(said, "pin=3"));
}

static void a_mute_card_answers_when_it_may_again(void **state)
{
	struct desk *d = *state;

	card_power_on(&d->card);
	assert_true(does(d, "mute"));
	card_transmit(&d->card, SELECT);
	assert_string_equal(told, "");
	assert_int_equal(card_timeout(&d->card), -1);
	assert_true(does(d, "unmute"));
	assert_string_equal(told, "[9000]");
}

static void a_mute_card_that_is_pulled_has_gone(void **state)
{
	struct desk *d = *state;

	card_power_on(&d->card);
	assert_true(does(d, "mute"));
	card_transmit(&d->card, SELECT);
	assert_true(does(d, "remove"));
	assert_true(does(d, "unmute"));
	assert_string_equal(told, "[gone]O");
}

static void a_slow_card_has_its_time(void **state)
{
	struct desk *d = *state;

	card_power_on(&d->card);
	assert_true(does(d, "slow 60000"));
	card_transmit(&d->card, SELECT);
	card_tick(&d->card);
	assert_string_equal(told, "");
	assert_in_range(card_timeout(&d->card), 50000, 60000);
	d->card.due = 0;
	card_tick(&d->card);
	assert_string_equal(told, "[9000]");
}

static void it_is_pulled_at_the_nth_signature(void **state)
{
	static const char part[] = "\x10\x87\x11\x9e\1a";
	static const char sign[] = "\0\x87\x11\x9e\1a";
	struct desk *d = *state;

	card_power_on(&d->card);
	card_transmit(&d->card, SELECT);
	assert_true(does(d, "pull-on-sign 2"));
	card_transmit(&d->card, slice_of(sign, 6));
	card_transmit(&d->card, slice_of(part, 6));
	card_transmit(&d->card, slice_of(sign, 6));
	assert_string_equal(told, "[9000][6a80][9000][gone]O");
	assert_false(d->card.present);
}

static void a_status_word_comes_once_where_it_is_due(void **state)
{
	struct desk *d = *state;

	card_power_on(&d->card);
	assert_true(does(d, "status-word 6f42 20"));
	card_transmit(&d->card, SELECT);
	card_transmit(&d->card, LOGIN_STATE);
	card_transmit(&d->card, LOGIN_STATE);
	assert_true(does(d, "status-word 6f43"));
	card_transmit(&d->card, SELECT);
	assert_string_equal(told, "[9000][6f42][63c3][6f43]");
}

static void apdus_are_counted_by_instruction(void **state)
{
	struct desk *d = *state;

	card_power_on(&d->card);
	card_transmit(&d->card, SELECT);
	card_transmit(&d->card, LOGIN_STATE);
	card_transmit(&d->card, LOGIN_STATE);
	assert_true(does(d, "statistics"));
	assert_string_equal(said, "ok total=3 20=2 a4=1");
	assert_true(does(d, "reset-counters"));
	assert_true(does(d, "statistics"));
	assert_string_equal(said, "ok total=0");
}

static void lines_that_are_none_change_nothing(void **state)
{
	static const char *const bad[] = {
		"",	       " ",		 "nothing",
		"insert now",  "slow",		 "slow 1 2",
		"slow x",      "slow -1",	 "slow 1x",
		"slow 600001", "status-word",	 "status-word 10000",
		"status-word 9000 100",		 "swap",
		"swap /nowhere/at/all",		 "pull-on-sign x",
		"a b c d e f g",		 "quit now",
	};
	struct desk *d = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(does(d, bad[i]));
		assert_int_equal(strncmp(said, "error ", 6), 0);
	}
	assert_true(d->card.present);
	assert_int_equal(d->card.faults.slow_ms, 0);
	assert_int_equal(d->card.faults.status_word, 0);
	assert_string_equal(told, "");
	assert_false(d->control.quit);
	assert_true(does(d, "quit"));
	assert_true(d->control.quit);
}

#define desk_test(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(the_reader_hears_of_each_change_once),
		desk_test(a_card_without_power_does_not_answer),
		desk_test(a_swapped_card_is_another_with_counters_of_its_own),
		desk_test(a_mute_card_answers_when_it_may_again),
		desk_test(a_mute_card_that_is_pulled_has_gone),
		desk_test(a_slow_card_has_its_time),
		desk_test(it_is_pulled_at_the_nth_signature),
		desk_test(a_status_word_comes_once_where_it_is_due),
		desk_test(apdus_are_counted_by_instruction),
		desk_test(lines_that_are_none_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
