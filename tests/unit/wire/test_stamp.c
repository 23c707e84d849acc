/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stamp: the message that has a time stamp fetched.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/stamp.h"

static struct error e;

static struct wire_stamp_req sound(void)
{
	return (struct wire_stamp_req){
		.version = WIRE_VERSION,
		.timeout_ms = 10000,
		.url = "http://tsa.example/",
		.ca = "/etc/ca.pem",
		.policy = "1.2.3",
		.what = slice_str("signature"),
	};
}

static int put_and_get(const struct wire_stamp_req *a)
{
	AUTO(buf_fini) struct buf body;
	struct wire_stamp_req b;

	buf_init(&body, LIMIT_FRAME);
	wire_stamp_req_put(&body, a);
	return wire_stamp_req_get(buf_slice(&body), &b, &e);
}

static void test_request(void **state)
{
	const struct wire_stamp_req a = sound();
	AUTO(buf_fini) struct buf body;
	struct wire_stamp_req b;

	buf_init(&body, 256);
	wire_stamp_req_put(&body, &a);
	assert_int_equal(wire_stamp_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.version, WIRE_VERSION);
	assert_int_equal(b.timeout_ms, 10000);
	assert_string_equal(b.url, "http://tsa.example/");
	assert_string_equal(b.ca, "/etc/ca.pem");
	assert_string_equal(b.policy, "1.2.3");
	assert_true(slice_equal(b.what, a.what));
	BODY_CHECK_LENGTHS(wire_stamp_req_get, body, &b);
}

static void test_values_that_are_none(void **state)
{
	struct wire_stamp_req a = sound();

	a.policy[0] = '\0';
	assert_int_equal(put_and_get(&a), 0);
	a.timeout_ms = 0;
	assert_int_equal(put_and_get(&a), ERR_PROTOCOL);
	a = sound();
	a.url[0] = '\0';
	assert_int_equal(put_and_get(&a), ERR_PROTOCOL);
	a = sound();
	memcpy(a.ca, "etc", 4);
	assert_int_equal(put_and_get(&a), ERR_PROTOCOL);
	a = sound();
	a.what = slice_of(NULL, 0);
	assert_int_equal(put_and_get(&a), ERR_PROTOCOL);
}

static void test_what_is_no_longer_than_a_signature(void **state)
{
	static uint8_t bytes[LIMIT_SIGNATURE + 1];
	struct wire_stamp_req a = sound();

	a.what = slice_of(bytes, LIMIT_SIGNATURE);
	assert_int_equal(put_and_get(&a), 0);
	a.what = slice_of(bytes, LIMIT_SIGNATURE + 1);
	assert_int_equal(put_and_get(&a), ERR_PROTOCOL);
}

static int reply_of(size_t len)
{
	static uint8_t bytes[LIMIT_STAMP + 1];
	const struct wire_stamp_rep a = { slice_of(bytes, len) };
	AUTO(buf_fini) struct buf body;
	struct wire_stamp_rep b;

	buf_init(&body, LIMIT_FRAME);
	wire_stamp_rep_put(&body, &a);
	return wire_stamp_rep_get(buf_slice(&body), &b, &e);
}

static void test_reply(void **state)
{
	const struct wire_stamp_rep a = { slice_str("stamp") };
	AUTO(buf_fini) struct buf body;
	struct wire_stamp_rep b;

	buf_init(&body, 64);
	wire_stamp_rep_put(&body, &a);
	assert_int_equal(wire_stamp_rep_get(buf_slice(&body), &b, &e), 0);
	assert_true(slice_equal(b.stamp, a.stamp));
	BODY_CHECK_LENGTHS(wire_stamp_rep_get, body, &b);
	assert_int_equal(reply_of(0), ERR_PROTOCOL);
	assert_int_equal(reply_of(LIMIT_STAMP), 0);
	assert_int_equal(reply_of(LIMIT_STAMP + 1), ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_values_that_are_none),
		cmocka_unit_test(test_what_is_no_longer_than_a_signature),
		cmocka_unit_test(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
