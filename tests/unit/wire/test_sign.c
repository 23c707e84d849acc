/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sign: the request for a signature, and the signature.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/sign.h"

static struct error e;
static uint8_t bytes[LIMIT_EDDSA_MESSAGE + 1];

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_sign_req b, a = {
		.token = 1, .mechanism = WIRE_RSA_PSS, .hash = WIRE_SHA384,
		.deadline_ns = INT64_C(0x0123456789abcdef),
		.data = slice_str("digest"),
	};

	memset(a.identity, 0xa5, sizeof(a.identity));
	buf_init(&body, 4096);
	wire_sign_req_put(&body, &a);
	assert_int_equal(wire_sign_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 1);
	assert_memory_equal(b.identity, a.identity, sizeof(a.identity));
	assert_int_equal(b.mechanism, WIRE_RSA_PSS);
	assert_int_equal(b.hash, WIRE_SHA384);
	assert_true(b.deadline_ns == a.deadline_ns);
	assert_true(slice_equal(b.data, a.data));
	BODY_CHECK_LENGTHS(wire_sign_req_get, body, &b);
}

static int with(unsigned mechanism, unsigned hash, size_t len)
{
	AUTO(buf_fini) struct buf body;
	struct wire_sign_req m;

	buf_init(&body, LIMIT_FRAME);
	buf_put_u32(&body, 1);
	buf_put(&body, bytes, WIRE_KEY_IDENTITY);
	buf_put_u8(&body, (uint8_t)mechanism);
	buf_put_u8(&body, (uint8_t)hash);
	buf_put_u64(&body, 0);
	buf_put_block(&body, slice_of(bytes, len));
	assert_int_equal(buf_error(&body), 0);
	return wire_sign_req_get(buf_slice(&body), &m, &e);
}

static void test_values_that_are_none(void **state)
{
	assert_int_equal(with(0, 0, 1), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_EDDSA, 0, 1), 0);
	assert_int_equal(with(WIRE_EDDSA + 1, 0, 1), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_RSA_PSS, WIRE_SHA512, 1), 0);
	assert_int_equal(with(WIRE_RSA_PSS, WIRE_SHA512 + 1, 1), ERR_PROTOCOL);
}

/* The largest message fits in a frame, which is what LIMIT_FRAME is for. */
static void test_data_of_any_length(void **state)
{
	assert_int_equal(with(WIRE_EDDSA, 0, LIMIT_EDDSA_MESSAGE), 0);
	assert_int_equal(with(WIRE_EDDSA, 0, LIMIT_EDDSA_MESSAGE + 1),
			 ERR_PROTOCOL);
}

static void test_reply(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_sign_rep a = { slice_of(bytes, LIMIT_SIGNATURE) }, b;

	buf_init(&body, 8192);
	wire_sign_rep_put(&body, &a);
	assert_int_equal(wire_sign_rep_get(buf_slice(&body), &b, &e), 0);
	assert_true(slice_equal(b.signature, a.signature));
	BODY_CHECK_LENGTHS(wire_sign_rep_get, body, &b);
	buf_reset(&body);
	buf_put_block(&body, slice_of(bytes, LIMIT_SIGNATURE + 1));
	assert_int_equal(wire_sign_rep_get(buf_slice(&body), &b, &e),
			 ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_values_that_are_none),
		cmocka_unit_test(test_data_of_any_length),
		cmocka_unit_test(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
