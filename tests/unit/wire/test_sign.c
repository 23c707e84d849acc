/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sign: the request for signatures, and a signature.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/sign.h"

static struct error e;
static uint8_t bytes[LIMIT_EDDSA_MESSAGE + 1];

static const struct wire_sign_item two[] = {
	{ WIRE_RSA_PSS, WIRE_SHA384, { (const uint8_t *)"digest", 6 } },
	{ WIRE_RSA_PKCS, WIRE_HASH_NONE, { (const uint8_t *)"info", 4 } },
};

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_sign_req b, a = {
		.token = 1, .deadline_ns = INT64_C(0x0123456789abcdef),
		.login = WIRE_LOGIN_PAD,
		.flags = WIRE_SIGN_KEEP | WIRE_SIGN_REUSE,
		.count = 2, .items = two,
	};

	memset(a.identity, 0xa5, sizeof(a.identity));
	buf_init(&body, 4096);
	wire_sign_req_put(&body, &a);
	assert_int_equal(body.len, wire_sign_req_size(&a));
	assert_int_equal(wire_sign_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 1);
	assert_memory_equal(b.identity, a.identity, sizeof(a.identity));
	assert_true(b.deadline_ns == a.deadline_ns);
	assert_int_equal(b.login, WIRE_LOGIN_PAD);
	assert_int_equal(b.flags, WIRE_SIGN_KEEP | WIRE_SIGN_REUSE);
	assert_int_equal(b.count, 2);
	BODY_CHECK_LENGTHS(wire_sign_req_get, body, &b);
}

/* Items come out as they went in, in order, and then no more. */
static void test_items(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_sign_req b, a = { .count = 2, .items = two };
	struct wire_sign_item item;
	struct cursor at;

	buf_init(&body, 4096);
	wire_sign_req_put(&body, &a);
	assert_int_equal(wire_sign_req_get(buf_slice(&body), &b, &e), 0);
	at = cursor_of(b.encoded);
	for (size_t i = 0; i < ARRAY_LEN(two); i++) {
		assert_true(wire_sign_item_next(&at, &item));
		assert_int_equal(item.mechanism, two[i].mechanism);
		assert_int_equal(item.hash, two[i].hash);
		assert_true(slice_equal(item.data, two[i].data));
	}
	assert_false(wire_sign_item_next(&at, &item));
}

/* A request as its parts say; count items are claimed, one is there. */
static int parts(unsigned login, unsigned flags, uint32_t count,
		 unsigned mechanism, unsigned hash, size_t len)
{
	AUTO(buf_fini) struct buf body;
	struct wire_sign_req m;

	buf_init(&body, LIMIT_FRAME);
	buf_put_u32(&body, 1);
	buf_put(&body, bytes, WIRE_KEY_IDENTITY);
	buf_put_u64(&body, 0);
	buf_put_u8(&body, (uint8_t)login);
	buf_put_u8(&body, (uint8_t)flags);
	buf_put_u32(&body, count);
	buf_put_u8(&body, (uint8_t)mechanism);
	buf_put_u8(&body, (uint8_t)hash);
	buf_put_block(&body, slice_of(bytes, len));
	assert_int_equal(buf_error(&body), 0);
	return wire_sign_req_get(buf_slice(&body), &m, &e);
}

static int with(unsigned mechanism, unsigned hash, size_t len)
{
	return parts(0, 0, 1, mechanism, hash, len);
}

static void test_values_that_are_none(void **state)
{
	assert_int_equal(with(0, 0, 1), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_EDDSA, 0, 1), 0);
	assert_int_equal(with(WIRE_EDDSA + 1, 0, 1), ERR_PROTOCOL);
	assert_int_equal(with(WIRE_RSA_PSS, WIRE_SHA512, 1), 0);
	assert_int_equal(with(WIRE_RSA_PSS, WIRE_SHA512 + 1, 1), ERR_PROTOCOL);
	assert_int_equal(parts(WIRE_LOGIN_PAD, 3, 1, WIRE_ECDSA, 0, 1), 0);
	assert_int_equal(parts(WIRE_LOGIN_PAD + 1, 0, 1, WIRE_ECDSA, 0, 1),
			 ERR_PROTOCOL);
	assert_int_equal(parts(0, 4, 1, WIRE_ECDSA, 0, 1), ERR_PROTOCOL);
}

static void test_counts_that_are_none(void **state)
{
	assert_int_equal(parts(0, 0, 0, WIRE_ECDSA, 0, 1), ERR_PROTOCOL);
	assert_int_equal(parts(0, 0, 2, WIRE_ECDSA, 0, 1), ERR_PROTOCOL);
	assert_int_equal(parts(0, 0, UINT32_MAX, WIRE_ECDSA, 0, 1),
			 ERR_PROTOCOL);
}

static int batch_of(uint32_t count)
{
	static struct wire_sign_item items[LIMIT_BATCH + 1];
	AUTO(buf_fini) struct buf body;
	struct wire_sign_req m = { .count = count, .items = items };

	for (uint32_t i = 0; i < count; i++)
		items[i] = (struct wire_sign_item){ WIRE_ECDSA, WIRE_HASH_NONE,
						    slice_of(bytes, 64) };
	buf_init(&body, LIMIT_FRAME - WIRE_FRAME_HEAD);
	wire_sign_req_put(&body, &m);
	assert_int_equal(buf_error(&body), 0);
	return wire_sign_req_get(buf_slice(&body), &m, &e);
}

static void test_batch_of_any_size(void **state)
{
	assert_int_equal(batch_of(LIMIT_BATCH), 0);
	assert_int_equal(batch_of(LIMIT_BATCH + 1), ERR_PROTOCOL);
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
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_values_that_are_none),
		cmocka_unit_test(test_counts_that_are_none),
		cmocka_unit_test(test_batch_of_any_size),
		cmocka_unit_test(test_data_of_any_length),
		cmocka_unit_test(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
