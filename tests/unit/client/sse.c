/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/sse.c: server-sent events, by HTML 9.2.6.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "client/sse.h"

/* All data, with a bar behind each event. */
static int collect(void *arg, struct slice data, struct error *e)
{
	buf_put_slice(arg, data);
	buf_put_u8(arg, '|');
	return 0;
}

static int refuse(void *arg, struct slice data, struct error *e)
{
	return error_set(e, ERR_NO_MEMORY, "no");
}

/* What comes of a text that arrives in pieces of that size. */
static void expect_pieces(const char *text, size_t len, size_t piece,
			  const char *data, const char *id)
{
	AUTO(buf_fini) struct buf out;
	AUTO(client_sse_fini) struct client_sse s;
	struct error e;

	buf_init(&out, 1024 * 1024);
	client_sse_init(&s, collect, &out);
	for (size_t at = 0; at < len; at += piece)
		assert_int_equal(client_sse_feed(&s, slice_of(
			text + at, len - at < piece ? len - at : piece),
			&e), 0);
	assert_string_equal(buf_text(&out), data);
	assert_string_equal(s.id, id);
}

static void expect(const char *text, const char *data, const char *id)
{
	for (size_t piece = 1; piece < 12; piece++)
		expect_pieces(text, strlen(text), piece, data, id);
	expect_pieces(text, strlen(text), strlen(text) + 1, data, id);
}

static void events_are_told_apart(void **state)
{
	expect("id: 7\nevent: x\ndata: {\"a\":1}\n\ndata: {}\n\n",
	       "{\"a\":1}|{}|", "7");
}

static void every_line_end_serves(void **state)
{
	expect("data: a\r\n\r\ndata: b\r\rdata: c\n\n", "a|b|c|", "");
	expect("data: a\r\ndata: b\r\n\r\n", "a\nb|", "");
}

static void comments_and_unknown_fields_are_let_pass(void **state)
{
	expect(":\n\n: beat\n\nretry: 1000\n\ndata: a\nwhat: x\nwhat\n\n", "a|",
	       "");
}

static void one_blank_is_taken_off(void **state)
{
	expect("data:a\n\ndata:  b\n\ndata\n\ndata:\n\n", "a| b|||", "");
}

static void what_is_not_ended_is_no_event(void **state)
{
	expect("data: a\n\ndata: b\n", "a|", "");
	expect("data: a\n\nid: 5\ndata: b", "a|", "5");
}

static void an_id_that_cannot_be_sent_back_is_none(void **state)
{
	char text[200];

	expect("id: 5\nid: \ndata: a\n\n", "a|", "");
	expect_pieces("id: 5\nid: 6\0x\ndata: a\n\n", 24, 3, "a|", "5");
	memset(text, '7', sizeof(text));
	memcpy(text, "id: ", 4);
	memcpy(text + sizeof(text) - 2, "\n", 2);
	expect(text, "", "");
}

static void a_new_stream_forgets_what_was_begun(void **state)
{
	AUTO(buf_fini) struct buf out;
	AUTO(client_sse_fini) struct client_sse s;
	struct error e;

	buf_init(&out, 1024);
	client_sse_init(&s, collect, &out);
	assert_int_equal(client_sse_feed(&s, slice_str("id: 3\ndata: a\nda"),
					 &e), 0);
	client_sse_reset(&s);
	assert_int_equal(client_sse_feed(&s, slice_str("data: b\n\n"), &e), 0);
	assert_string_equal(buf_text(&out), "b|");
	assert_string_equal(s.id, "3");
}

static void feed_without_end(const char *piece)
{
	AUTO(buf_fini) struct buf out;
	AUTO(client_sse_fini) struct client_sse s;
	struct error e;
	int r = 0;

	buf_init(&out, 16);
	client_sse_init(&s, collect, &out);
	for (size_t n = 0; r == 0 && n < 4 * CLIENT_SSE_MAX;
	     n += strlen(piece))
		r = client_sse_feed(&s, slice_str(piece), &e);
	assert_int_equal(r, ERR_PROTOCOL);
}

static void memory_is_bounded(void **state)
{
	feed_without_end("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	feed_without_end("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
}

static void a_failure_ends_the_reading(void **state)
{
	AUTO(client_sse_fini) struct client_sse s;
	struct error e;

	client_sse_init(&s, refuse, NULL);
	assert_int_equal(client_sse_feed(&s, slice_str("data: a\n\n"), &e),
			 ERR_NO_MEMORY);
}

static void garbage_does_no_harm(void **state)
{
	uint8_t bytes[4096];
	struct error e;

	srandom(1);
	for (int round = 0; round < 200; round++) {
		AUTO(buf_fini) struct buf out;
		AUTO(client_sse_fini) struct client_sse s;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)"data:id \n\r\0\xff"[random() % 12];
		buf_init(&out, 65536);
		client_sse_init(&s, collect, &out);
		assert_int_equal(client_sse_feed(&s, slice_of(bytes,
							      sizeof(bytes)),
						 &e), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_told_apart),
		cmocka_unit_test(every_line_end_serves),
		cmocka_unit_test(comments_and_unknown_fields_are_let_pass),
		cmocka_unit_test(one_blank_is_taken_off),
		cmocka_unit_test(what_is_not_ended_is_no_event),
		cmocka_unit_test(an_id_that_cannot_be_sent_back_is_none),
		cmocka_unit_test(a_new_stream_forgets_what_was_begun),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_failure_ends_the_reading),
		cmocka_unit_test(garbage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
