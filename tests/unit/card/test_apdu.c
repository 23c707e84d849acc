/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_apdu: the cases of ISO 7816-4, chains and answers in pieces; and what
 * is none of these.
 */
#include "tests/card/apdu.h"

#include "tests/card/sw.h"
#include "tests/unit/card/head.h"

static void the_seven_cases_are_told_apart(void **state)
{
	const struct {
		struct slice raw;
		size_t data, le;
	} cases[] = {
		{ BYTES("\0\xa4\4\0"), 0, 0 },
		{ BYTES("\0\xa4\4\0\0"), 0, 256 },
		{ BYTES("\0\xa4\4\0\x8"), 0, 8 },
		{ BYTES("\0\xa4\4\0\2ab"), 2, 0 },
		{ BYTES("\0\xa4\4\0\2ab\0"), 2, 256 },
		{ BYTES("\0\xa4\4\0\2ab\5"), 2, 5 },
		{ BYTES("\0\xa4\4\0\0\1\0"), 0, 256 },
		{ BYTES("\0\xa4\4\0\0\0\0"), 0, 65536 },
		{ BYTES("\0\xa4\4\0\0\0\3abc"), 3, 0 },
		{ BYTES("\0\xa4\4\0\0\0\3abc\2\0"), 3, 512 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct apdu a;

		assert_int_equal(apdu_parse(cases[i].raw, &a), 0);
		assert_int_equal(a.ins, 0xa4);
		assert_int_equal(a.p1, 4);
		assert_int_equal(a.data.len, cases[i].data);
		assert_int_equal(a.le, cases[i].le);
	}
}

static void lengths_that_do_not_agree_are_refused(void **state)
{
	const struct slice bad[] = {
		BYTES(""),
		BYTES("\0\xa4\4"),
		BYTES("\0\xa4\4\0\2a"),		 /* Lc too large */
		BYTES("\0\xa4\4\0\1abc"),	 /* too small */
		BYTES("\0\xa4\4\0\0\0"),	 /* half an extended Le */
		BYTES("\0\xa4\4\0\0\0\0a"),	 /* extended Lc of none */
		BYTES("\0\xa4\4\0\0\xff\xff" "a"),
		BYTES("\0\xa4\4\0\0\0\1ab"),	 /* one byte of Le */
		BYTES("\0\xa4\4\0\0\0\1abcd"),
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct apdu a = { .ins = 0x77 };

		assert_int_equal(apdu_parse(bad[i], &a), SW_LENGTH);
		assert_int_equal(a.ins, 0x77); /* untouched */
	}
}

/* Every cut of a good command is refused or means something shorter. */
static void no_cut_reads_past_the_end(void **state)
{
	static const char good[] = "\0\x87\7\x9a\0\0\5abcde\1\0";
	uint8_t *exact;
	struct apdu a;

	for (size_t len = 0; len < sizeof(good) - 1; len++) {
		exact = test_malloc(len + 1);
		memcpy(exact, good, len);
		if (apdu_parse(slice_of(exact, len), &a) == 0)
			assert_true(a.data.len <= len);
		test_free(exact);
	}
}

static int open_channel(void **state)
{
	static struct apdu_channel ch;

	apdu_channel_init(&ch);
	*state = &ch;
	return 0;
}

static int close_channel(void **state)
{
	apdu_channel_fini(*state);
	return 0;
}

static void a_chain_comes_out_whole(void **state)
{
	struct apdu a;

	assert_int_equal(apdu_feed(*state, BYTES("\x10\x87\7\x9a\2ab"), &a),
			 SW_OK);
	assert_int_equal(apdu_feed(*state, BYTES("\x10\x87\7\x9a\1c"), &a),
			 SW_OK);
	assert_int_equal(apdu_feed(*state, BYTES("\0\x87\7\x9a\1d\0"), &a), 0);
	assert_true(slice_equal(a.data, BYTES("abcd")));
	assert_int_equal(a.le, 256);
}

static void another_command_breaks_a_chain(void **state)
{
	struct apdu a;

	assert_int_equal(apdu_feed(*state, BYTES("\x10\x87\7\x9a\2ab"), &a),
			 SW_OK);
	assert_int_equal(apdu_feed(*state, BYTES("\0\x87\7\x9c\1c"), &a),
			 SW_CHAIN);
	/* Nothing of it is left. */
	assert_int_equal(apdu_feed(*state, BYTES("\0\x87\7\x9a\1d"), &a), 0);
	assert_true(slice_equal(a.data, BYTES("d")));
}

static void a_chain_without_end_is_cut_off(void **state)
{
	uint8_t part[5 + 255] = { 0x10, 0xdb, 0x3f, 0xff, 255 };
	struct apdu a;
	uint16_t sw = SW_OK;
	unsigned n;

	for (n = 0; sw == SW_OK && n < 1000; n++)
		sw = apdu_feed(*state, slice_of(part, sizeof(part)), &a);
	assert_int_equal(sw, SW_NO_SPACE);
	assert_int_equal(n, APDU_DATA_MAX / 255 + 1);
	assert_int_equal(apdu_feed(*state, BYTES("\0\xdb\0\0\1d"), &a), 0);
	assert_int_equal(a.data.len, 1);
}

static void a_reset_forgets_a_chain(void **state)
{
	struct apdu a;

	assert_int_equal(apdu_feed(*state, BYTES("\x10\x87\7\x9a\2ab"), &a),
			 SW_OK);
	apdu_channel_reset(*state);
	assert_int_equal(apdu_feed(*state, BYTES("\0\x87\7\x9a\1d"), &a), 0);
	assert_true(slice_equal(a.data, BYTES("d")));
}

static void an_answer_is_fetched_in_pieces(void **state)
{
	AUTO(buf_fini) struct buf out;
	struct apdu_channel *ch = *state;
	struct apdu a;

	buf_init(&out, 1024);
	assert_int_equal(apdu_feed(ch, BYTES("\0\xcb\x3f\xff\4"), &a), 0);
	for (unsigned i = 0; i < 300; i++)
		buf_put_u8(&ch->reply, (uint8_t)i);
	apdu_emit(ch, 4, &out);
	assert_true(slice_equal(buf_slice(&out), BYTES("\0\1\2\3\x61\0")));
	buf_reset(&out);
	assert_int_equal(apdu_feed(ch, BYTES("\0\xc0\0\0\0"), &a), 0);
	apdu_emit(ch, a.le, &out);
	assert_int_equal(out.len, 258);
	assert_int_equal(out.ptr[0], 4);
	assert_int_equal(out.ptr[256], 0x61);
	assert_int_equal(out.ptr[257], 40);
	buf_reset(&out);
	apdu_emit(ch, 256, &out);
	assert_int_equal(out.len, 42);
	assert_int_equal(out.ptr[40], 0x90);
	/* And then there is nothing more. */
	buf_reset(&out);
	apdu_emit(ch, 256, &out);
	assert_int_equal(out.len, 2);
}

static void the_next_command_drops_the_rest(void **state)
{
	AUTO(buf_fini) struct buf out;
	struct apdu_channel *ch = *state;
	struct apdu a;

	buf_init(&out, 1024);
	buf_put_str(&ch->reply, "what was not fetched");
	assert_int_equal(apdu_feed(ch, BYTES("\0\xcb\x3f\xff\4"), &a), 0);
	apdu_emit(ch, 256, &out);
	assert_true(slice_equal(buf_slice(&out), BYTES("\x90\0")));
}

#define channel_test(f) \
	cmocka_unit_test_setup_teardown(f, open_channel, close_channel)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seven_cases_are_told_apart),
		cmocka_unit_test(lengths_that_do_not_agree_are_refused),
		cmocka_unit_test(no_cut_reads_past_the_end),
		channel_test(a_chain_comes_out_whole),
		channel_test(another_command_breaks_a_chain),
		channel_test(a_chain_without_end_is_cut_off),
		channel_test(a_reset_forgets_a_chain),
		channel_test(an_answer_is_fetched_in_pieces),
		channel_test(the_next_command_drops_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
