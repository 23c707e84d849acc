/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tokens: a token crosses the border with all its fields.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/tokens.h"

static struct error e;

static void test_token(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_token a = {
		.token = 5, .slot_id = UINT64_C(0x123456789abcdef0),
		.flags = UINT64_C(0x8000000000000040), .min_pin_len = 4,
		.max_pin_len = 255, .label = "Signet Test", .serial = "0011",
		.manufacturer = "m", .model = "v2", .slot = "Reader 00 00",
	};
	struct wire_token b;

	buf_init(&body, 8192);
	wire_token_put(&body, &a);
	assert_int_equal(wire_token_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 5);
	assert_true(b.slot_id == a.slot_id);
	assert_true(b.flags == a.flags);
	assert_int_equal(b.min_pin_len, 4);
	assert_int_equal(b.max_pin_len, 255);
	assert_string_equal(b.label, a.label);
	assert_string_equal(b.serial, a.serial);
	assert_string_equal(b.manufacturer, a.manufacturer);
	assert_string_equal(b.model, a.model);
	assert_string_equal(b.slot, a.slot);
	BODY_CHECK_LENGTHS(wire_token_get, body, &b);
}

/* The field-th text has len bytes, the others none. */
static int with_text(int field, size_t len)
{
	AUTO(buf_fini) struct buf body;
	char text[LIMIT_LABEL + 1];
	struct wire_token m;

	buf_init(&body, 8192);
	body_fill(text, len);
	buf_put_u32(&body, 1);
	buf_put_u64(&body, 2);
	buf_put_u64(&body, 3);
	buf_put_u32(&body, 4);
	buf_put_u32(&body, 8);
	for (int i = 0; i < 5; i++)
		wire_put_text(&body, i == field ? text : "");
	return wire_token_get(buf_slice(&body), &m, &e);
}

static void test_texts_of_any_length(void **state)
{
	for (int field = 0; field < 5; field++) {
		assert_int_equal(with_text(field, LIMIT_LABEL - 1), 0);
		assert_int_equal(with_text(field, LIMIT_LABEL), ERR_PROTOCOL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_texts_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
