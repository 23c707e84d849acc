/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_readers: the messages of signet-reader.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/readers.h"

static struct error e;

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_readers_req a = { .version = 7 }, b;

	buf_init(&body, 64);
	wire_readers_req_put(&body, &a);
	assert_int_equal(wire_readers_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.version, 7);
	BODY_CHECK_LENGTHS(wire_readers_req_get, body, &b);
}

static const struct wire_readers_more card = {
	.about = WIRE_READERS_READER,
	.reader = { .name = "R 00 00", .state = WIRE_READER_PRESENT,
		    .swapped = true, .events = 65535,
		    .atr = { (const uint8_t *)"\x3b\x00", 2 } },
};

/* What is read of m. */
static int again(const struct wire_readers_more *m, struct wire_readers_more *b)
{
	static struct buf body;

	buf_fini(&body);
	buf_init(&body, 4096);
	wire_readers_more_put(&body, m);
	assert_int_equal(buf_error(&body), 0);
	return wire_readers_more_get(buf_slice(&body), b, &e);
}

static void test_reader(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_readers_more b;

	assert_int_equal(again(&card, &b), 0);
	assert_int_equal(b.about, WIRE_READERS_READER);
	assert_string_equal(b.reader.name, "R 00 00");
	assert_int_equal(b.reader.state, WIRE_READER_PRESENT);
	assert_true(b.reader.swapped);
	assert_int_equal(b.reader.events, 65535);
	assert_true(slice_equal(b.reader.atr, card.reader.atr));
	buf_init(&body, 4096);
	wire_readers_more_put(&body, &card);
	BODY_CHECK_LENGTHS(wire_readers_more_get, body, &b);
}

static void test_lengths(void **state)
{
	static const uint8_t atr[WIRE_ATR_MAX + 1];
	struct wire_readers_more m = card, b;

	body_fill(m.reader.name, LIMIT_LABEL - 1);
	m.reader.atr = slice_of(atr, WIRE_ATR_MAX);
	assert_int_equal(again(&m, &b), 0);
	assert_string_equal(b.reader.name, m.reader.name);
	m.reader.atr.len++;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
}

/* A card is what has an ATR and can be swapped; a reader has a name. */
static void test_what_cannot_be(void **state)
{
	struct wire_readers_more m = card, b;

	m.reader.state = WIRE_READER_EMPTY;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m.reader.atr.len = 0;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m.reader.swapped = false;
	assert_int_equal(again(&m, &b), 0);
	m.reader.state = 0;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m.reader.state = WIRE_READER_GONE + 1;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m = card;
	m.reader.events = 65536;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m = card;
	m.reader.name[0] = '\0';
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m = (struct wire_readers_more){ .about = WIRE_READERS_COMPLETE + 1 };
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m.about = 0;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
}

static void test_flags(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_readers_more b;
	/* about, length of the name, name, state. */
	size_t flags = 1 + 4 + strlen(card.reader.name) + 1;

	buf_init(&body, 4096);
	wire_readers_more_put(&body, &card);
	assert_int_equal(body.ptr[flags], 1);
	body.ptr[flags] = 3;
	assert_int_equal(wire_readers_more_get(buf_slice(&body), &b, &e),
			 ERR_PROTOCOL);
}

static void test_service(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_readers_more b, m = {
		.about = WIRE_READERS_SERVICE,
		.service = { WIRE_SERVICE_REFUSED, "what to do" },
	};

	assert_int_equal(again(&m, &b), 0);
	assert_int_equal(b.about, WIRE_READERS_SERVICE);
	assert_int_equal(b.service.state, WIRE_SERVICE_REFUSED);
	assert_string_equal(b.service.text, "what to do");
	buf_init(&body, 4096);
	wire_readers_more_put(&body, &m);
	BODY_CHECK_LENGTHS(wire_readers_more_get, body, &b);
	m.service.state = WIRE_SERVICE_FAILED + 1;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
	m.service.state = 0;
	assert_int_equal(again(&m, &b), ERR_PROTOCOL);
}

static void test_complete(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_readers_more b,
		m = { .about = WIRE_READERS_COMPLETE };

	assert_int_equal(again(&m, &b), 0);
	assert_int_equal(b.about, WIRE_READERS_COMPLETE);
	buf_init(&body, 64);
	wire_readers_more_put(&body, &m);
	BODY_CHECK_LENGTHS(wire_readers_more_get, body, &b);
}

static void test_has_card(void **state)
{
	assert_false(wire_reader_has_card(WIRE_READER_EMPTY));
	assert_true(wire_reader_has_card(WIRE_READER_PRESENT));
	assert_true(wire_reader_has_card(WIRE_READER_MUTE));
	assert_true(wire_reader_has_card(WIRE_READER_EXCLUSIVE));
	assert_false(wire_reader_has_card(WIRE_READER_GONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_what_cannot_be),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_has_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
