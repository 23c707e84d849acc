/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pin: the message that changes PINs.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/pin.h"

static struct error e;

static int with_flags(unsigned op, unsigned login, uint8_t flags, size_t label)
{
	AUTO(buf_fini) struct buf body;
	char text[64];
	struct wire_pin_req m;

	buf_init(&body, 128);
	body_fill(text, label);
	buf_put_u32(&body, 1);
	buf_put_u8(&body, (uint8_t)op);
	buf_put_u8(&body, (uint8_t)login);
	buf_put_u8(&body, flags);
	wire_put_text(&body, text);
	return wire_pin_req_get(buf_slice(&body), &m, &e);
}

static int with(unsigned op, unsigned login, size_t label)
{
	return with_flags(op, login, 0, label);
}

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_pin_req b, a = { .token = 2, .op = WIRE_PIN_INIT,
				     .login = WIRE_LOGIN_PIN,
				     .flags = WIRE_PIN_SETS_BY_PUK,
				     .label = "Payments" };

	buf_init(&body, 128);
	wire_pin_req_put(&body, &a);
	assert_int_equal(wire_pin_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 2);
	assert_int_equal(b.op, WIRE_PIN_INIT);
	assert_int_equal(b.login, WIRE_LOGIN_PIN);
	assert_int_equal(b.flags, WIRE_PIN_SETS_BY_PUK);
	assert_string_equal(b.label, "Payments");
	BODY_CHECK_LENGTHS(wire_pin_req_get, body, &b);
}

static void test_values_that_are_none(void **state)
{
	assert_int_equal(with(0, WIRE_LOGIN_PIN, 0), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_PIN_INIT + 1, 1, 0), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_PIN_UNBLOCK, WIRE_LOGIN_NONE, 0),
			 ERR_PROTOCOL);
	assert_int_equal(with(WIRE_PIN_UNBLOCK, WIRE_LOGIN_PAD, 0), 0);
	assert_int_equal(with(WIRE_PIN_UNBLOCK, WIRE_LOGIN_PAD + 1, 0),
			 ERR_PROTOCOL);
	assert_int_equal(with_flags(WIRE_PIN_UNBLOCK, WIRE_LOGIN_PIN,
				    WIRE_PIN_FLAGS, 0), 0);
	assert_int_equal(with_flags(WIRE_PIN_UNBLOCK, WIRE_LOGIN_PIN,
				    WIRE_PIN_FLAGS + 1, 0), ERR_PROTOCOL);
}

/* Only a token that is initialised gets a label, of CK_TOKEN_INFO's size. */
static void test_label(void **state)
{
	assert_int_equal(with(WIRE_PIN_INIT, WIRE_LOGIN_PIN, WIRE_PIN_LABEL),
			 0);
	assert_int_equal(with(WIRE_PIN_INIT, WIRE_LOGIN_PIN,
			      WIRE_PIN_LABEL + 1), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_PIN_CHANGE, WIRE_LOGIN_PIN, 0), 0);
	assert_int_equal(with(WIRE_PIN_CHANGE, WIRE_LOGIN_PIN, 1),
			 ERR_PROTOCOL);
}

static void test_reply(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_pin_rep b, a = { .token = { .token = 3, .label = "l" } };

	buf_init(&body, 4096);
	wire_pin_rep_put(&body, &a);
	assert_int_equal(wire_pin_rep_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token.token, 3);
	assert_string_equal(b.token.label, "l");
	BODY_CHECK_LENGTHS(wire_pin_rep_get, body, &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_values_that_are_none),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
