/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manage: the message that makes keys and brings certificates.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/manage.h"

static struct error e;

/* A request with these fields, and an ID and a certificate of these lengths. */
static int with(unsigned op, unsigned login, unsigned flags, size_t id,
		size_t certificate)
{
	static uint8_t bytes[LIMIT_CERTIFICATE + 1];
	AUTO(buf_fini) struct buf body;
	struct wire_manage_req m;

	buf_init(&body, LIMIT_FRAME);
	buf_put_u32(&body, 1);
	buf_put_u8(&body, (uint8_t)op);
	buf_put_u8(&body, (uint8_t)login);
	buf_put_u8(&body, (uint8_t)flags);
	wire_put_text(&body, "label");
	buf_put_block(&body, slice_of(bytes, id));
	buf_put_block(&body, slice_of(bytes, certificate));
	return wire_manage_req_get(buf_slice(&body), &m, &e);
}

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_manage_req b, a = {
		.token = 2,
		.op = WIRE_MANAGE_CERTIFICATE,
		.login = WIRE_LOGIN_PIN,
		.flags = WIRE_MANAGE_SO,
		.label = "Payments",
		.id = slice_str("\x03"),
		.certificate = slice_str("DER"),
	};

	buf_init(&body, 128);
	wire_manage_req_put(&body, &a);
	assert_int_equal(wire_manage_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 2);
	assert_int_equal(b.op, WIRE_MANAGE_CERTIFICATE);
	assert_int_equal(b.login, WIRE_LOGIN_PIN);
	assert_int_equal(b.flags, WIRE_MANAGE_SO);
	assert_string_equal(b.label, "Payments");
	assert_true(slice_equal(b.id, a.id));
	assert_true(slice_equal(b.certificate, a.certificate));
	BODY_CHECK_LENGTHS(wire_manage_req_get, body, &b);
}

static void test_values_that_are_none(void **state)
{
	assert_int_equal(with(WIRE_MANAGE_P256, WIRE_LOGIN_PAD, 0, 1, 0), 0);
	assert_int_equal(with(0, WIRE_LOGIN_PIN, 0, 1, 0), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_CERTIFICATE + 1, WIRE_LOGIN_PIN, 0,
			      1, 1), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_P256, WIRE_LOGIN_NONE, 0, 1, 0),
			 ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_P256, WIRE_LOGIN_PAD + 1, 0, 1, 0),
			 ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_P256, WIRE_LOGIN_PIN, 2, 1, 0),
			 ERR_PROTOCOL);
}

static void test_id(void **state)
{
	assert_int_equal(with(WIRE_MANAGE_RSA2048, WIRE_LOGIN_PIN, 0, 0, 0),
			 ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_RSA2048, WIRE_LOGIN_PIN, 0,
			      LIMIT_KEY_ID, 0), 0);
	assert_int_equal(with(WIRE_MANAGE_RSA2048, WIRE_LOGIN_PIN, 0,
			      LIMIT_KEY_ID + 1, 0), ERR_PROTOCOL);
}

/* An import has one, and nothing else has. */
static void test_certificate(void **state)
{
	assert_int_equal(with(WIRE_MANAGE_CERTIFICATE, WIRE_LOGIN_PIN, 0, 1,
			      0), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_P256, WIRE_LOGIN_PIN, 0, 1, 1),
			 ERR_PROTOCOL);
	assert_int_equal(with(WIRE_MANAGE_CERTIFICATE, WIRE_LOGIN_PIN, 0, 1,
			      LIMIT_CERTIFICATE), 0);
	assert_int_equal(with(WIRE_MANAGE_CERTIFICATE, WIRE_LOGIN_PIN, 0, 1,
			      LIMIT_CERTIFICATE + 1), ERR_PROTOCOL);
}

static void test_reply(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_manage_rep b, a = { slice_str("SPKI") };

	buf_init(&body, 128);
	wire_manage_rep_put(&body, &a);
	assert_int_equal(wire_manage_rep_get(buf_slice(&body), &b, &e), 0);
	assert_true(slice_equal(b.spki, a.spki));
	BODY_CHECK_LENGTHS(wire_manage_rep_get, body, &b);
	buf_fini(&body);
	buf_init(&body, 128);
	buf_put_block(&body, slice_of(NULL, 0));
	assert_int_equal(wire_manage_rep_get(buf_slice(&body), &b, &e),
			 ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_values_that_are_none),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
