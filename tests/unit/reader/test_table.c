/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_table: what is told for what SCardGetStatusChange answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/reader/table.h"

static char said[2048];
static struct reader_table t;
static SCARD_READERSTATE states[READER_TABLE_MAX];

static const char *const words[] = {
	[WIRE_READER_EMPTY] = "empty",	 [WIRE_READER_PRESENT] = "present",
	[WIRE_READER_MUTE] = "mute",	 [WIRE_READER_EXCLUSIVE] = "exclusive",
	[WIRE_READER_GONE] = "gone",
};

static void tell(void *arg, const struct wire_reader *r)
{
	size_t n = strlen(said);

	/* What is told can be sent. */
	assert_true(r->events <= 65535 && r->atr.len <= WIRE_ATR_MAX);
	assert_true(wire_reader_has_card(r->state) ||
		    (!r->swapped && r->atr.len == 0));
	snprintf(said + n, sizeof(said) - n, "%s%s %s %u%s%s", n == 0 ? "" :
		 ", ", r->name, words[r->state], r->events,
		 r->swapped ? " swapped" : "", r->atr.len > 0 ? " atr" : "");
}

static void begin(const char *names, size_t len)
{
	memset(&t, 0, sizeof(t));
	t.tell = tell;
	said[0] = '\0';
	assert_true(reader_table_names(&t, names, len));
	assert_string_equal(said, "");
}
#define BEGIN(names) begin(names, sizeof(names))

/* The only reader's answer is this; an ATR comes with every card. */
static bool answer(DWORD event)
{
	assert_int_equal(reader_table_ask(&t, true, states), 1);
	states[0].dwEventState = event;
	if ((event & SCARD_STATE_PRESENT) != 0 &&
	    (event & SCARD_STATE_MUTE) == 0) {
		states[0].cbAtr = 2;
		memcpy(states[0].rgbAtr, "\x3b\x00", 2);
	}
	said[0] = '\0';
	return reader_table_take(&t, states);
}

static void tells(DWORD event, const char *expected)
{
	assert_int_equal(answer(event | SCARD_STATE_CHANGED),
			 expected[0] != '\0');
	assert_string_equal(said, expected);
}

#define EMPTY(n) (SCARD_STATE_EMPTY | (DWORD)(n) << 16)
#define CARD(n) (SCARD_STATE_PRESENT | (DWORD)(n) << 16)

static void test_in_and_out(void **state)
{
	BEGIN("a\0");
	tells(EMPTY(0), "a empty 0");
	tells(CARD(1), "a present 1 atr");
	tells(EMPTY(2), "a empty 2");
	/* In and out between two looks. */
	tells(EMPTY(4), "a empty 4");
	tells(EMPTY(4), "");
}

static void test_swapped(void **state)
{
	BEGIN("a\0");
	/* The first look cannot know. */
	tells(CARD(7), "a present 7 atr");
	tells(CARD(9), "a present 9 swapped atr");
	tells(CARD(9) | SCARD_STATE_MUTE, "a mute 9");
	tells(CARD(11), "a present 11 swapped atr");
	/* The count begins anew. */
	tells(CARD(65535), "a present 65535 swapped atr");
	tells(CARD(1), "a present 1 swapped atr");
}

static void test_use_by_others(void **state)
{
	BEGIN("a\0");
	tells(CARD(1), "a present 1 atr");
	tells(CARD(1) | SCARD_STATE_INUSE, "");
	tells(CARD(1) | SCARD_STATE_EXCLUSIVE, "a exclusive 1 atr");
	tells(CARD(1), "a present 1 atr");
}

static void test_asks_as_it_was_answered(void **state)
{
	BEGIN("a\0");
	reader_table_ask(&t, true, states);
	assert_string_equal(states[0].szReader, "a");
	assert_int_equal(states[0].dwCurrentState, SCARD_STATE_UNAWARE);
	tells(CARD(3) | SCARD_STATE_INUSE, "a present 3 atr");
	reader_table_ask(&t, true, states);
	assert_int_equal(states[0].dwCurrentState,
			 CARD(3) | SCARD_STATE_INUSE);
}

/* pcscd knows the name before it knows whether a card is in. */
static void test_not_looked_into(void **state)
{
	BEGIN("a\0");
	assert_false(answer(0));
	assert_string_equal(said, "");
	reader_table_ask(&t, true, states);
	assert_int_not_equal(states[0].dwCurrentState, SCARD_STATE_UNAWARE);
	tells(EMPTY(0), "a empty 0");
}

static void test_unavailable(void **state)
{
	BEGIN("a\0");
	tells(CARD(5), "a present 5 atr");
	/* Such an answer has no count. */
	tells(SCARD_STATE_UNAVAILABLE, "a gone 5");
	tells(CARD(6), "a present 6 atr");
	tells(SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE, "a gone 6");
	assert_int_equal(reader_table_ask(&t, true, states), 0);
}

static void test_names(void **state)
{
	BEGIN("a\0b\0");
	assert_int_equal(reader_table_ask(&t, true, states), 2);
	states[0].dwEventState = EMPTY(0);
	states[1].dwEventState = EMPTY(0);
	assert_true(reader_table_take(&t, states));
	said[0] = '\0';
	assert_false(reader_table_names(&t, "b\0a\0", 5));
	assert_true(reader_table_names(&t, "b\0c\0", 5));
	assert_string_equal(said, "a gone 0");
	said[0] = '\0';
	assert_true(reader_table_names(&t, "", 0));
	/* c was never told of, so it need not go. */
	assert_string_equal(said, "b gone 0");
	assert_false(reader_table_names(&t, "", 0));
}

/* Names as no pcscd may send them. */
static void test_hostile_names(void **state)
{
	static const char open[] = { 'a', '\0', 'b', 'c' };
	char many[READER_TABLE_MAX * 4 + 8], name[2 * MAX_READERNAME];
	size_t n = 0;

	memset(&t, 0, sizeof(t));
	t.tell = tell;
	assert_true(reader_table_names(&t, open, sizeof(open)));
	assert_int_equal(t.count, 1);
	/* One too many, and one twice. */
	for (int i = 0; i <= READER_TABLE_MAX; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "r%02d", i) +
		     1;
	assert_true(reader_table_names(&t, many, n));
	assert_int_equal(t.count, READER_TABLE_MAX);
	assert_true(reader_table_names(&t, "a\0a\0", 5));
	assert_int_equal(t.count, 1);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_true(reader_table_names(&t, name, sizeof(name)));
	assert_int_equal(t.count, 0);
}

static void test_uncounted(void **state)
{
	BEGIN("a\0");
	assert_false(reader_table_uncounted(&t));
	tells(EMPTY(0), "a empty 0");
	assert_false(reader_table_uncounted(&t));
	tells(CARD(0), "a present 0 atr");
	assert_true(reader_table_uncounted(&t));
	tells(CARD(2), "a present 2 swapped atr");
	assert_false(reader_table_uncounted(&t));
}

static void test_mute_left_out(void **state)
{
	BEGIN("a\0b\0");
	reader_table_ask(&t, true, states);
	states[0].dwEventState = CARD(1) | SCARD_STATE_MUTE;
	states[1].dwEventState = EMPTY(0);
	assert_true(reader_table_take(&t, states));
	assert_int_equal(reader_table_mute(&t), 1);
	reader_table_ask(&t, false, states);
	assert_true((states[0].dwCurrentState & SCARD_STATE_IGNORE) != 0);
	assert_true((states[1].dwCurrentState & SCARD_STATE_IGNORE) == 0);
	/* pcsc-lite says nothing of it: neither do we. */
	said[0] = '\0';
	states[1].dwEventState = CARD(1);
	assert_true(reader_table_take(&t, states));
	assert_string_equal(said, "b present 1");
	reader_table_ask(&t, true, states);
	assert_true((states[0].dwCurrentState & SCARD_STATE_IGNORE) == 0);
}

static void test_atr_too_long(void **state)
{
	BEGIN("a\0");
	reader_table_ask(&t, true, states);
	states[0].dwEventState = CARD(1);
	states[0].cbAtr = MAX_ATR_SIZE + 1;
	assert_true(reader_table_take(&t, states));
	assert_string_equal(said, "a present 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_and_out),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_use_by_others),
		cmocka_unit_test(test_asks_as_it_was_answered),
		cmocka_unit_test(test_not_looked_into),
		cmocka_unit_test(test_unavailable),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_uncounted),
		cmocka_unit_test(test_mute_left_out),
		cmocka_unit_test(test_atr_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
