/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prepare: the message before somebody is asked for a PIN.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/prepare.h"

static struct error e;

static int with_pins(uint32_t pins)
{
	AUTO(buf_fini) struct buf body;
	struct wire_prepare_req a = { .token = 7, .pins = pins }, b;
	int r;

	buf_init(&body, 64);
	wire_prepare_req_put(&body, &a);
	r = wire_prepare_req_get(buf_slice(&body), &b, &e);
	if (r != 0)
		return r;
	assert_int_equal(b.token, 7);
	assert_int_equal(b.pins, pins);
	BODY_CHECK_LENGTHS(wire_prepare_req_get, body, &b);
	return 0;
}

static void test_request(void **state)
{
	assert_int_equal(with_pins(0), 0);
	assert_int_equal(with_pins(LIMIT_PINS), 0);
	assert_int_equal(with_pins(LIMIT_PINS + 1), ERR_PROTOCOL);
}

static void test_reply(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_prepare_rep b, a = {
		.token = { .token = 3, .flags = 0x10000, .label = "l",
			   .slot = "s" },
		.logged_in = true,
	};

	buf_init(&body, 4096);
	wire_prepare_rep_put(&body, &a);
	assert_int_equal(wire_prepare_rep_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token.token, 3);
	assert_true(b.token.flags == 0x10000);
	assert_string_equal(b.token.label, "l");
	assert_string_equal(b.token.slot, "s");
	assert_true(b.logged_in);
	body.ptr[body.len - 1] = 2;
	assert_int_equal(wire_prepare_rep_get(buf_slice(&body), &b, &e),
			 ERR_PROTOCOL);
	body.ptr[body.len - 1] = 0;
	BODY_CHECK_LENGTHS(wire_prepare_rep_get, body, &b);
	assert_false(b.logged_in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
