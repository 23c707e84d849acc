/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_keys: a key with its certificate, and fields that are too long.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/keys.h"

static struct error e;
static uint8_t bytes[LIMIT_CERTIFICATE + 1];

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_keys_req a = { .token = 3 }, b;

	buf_init(&body, 64);
	wire_keys_req_put(&body, &a);
	assert_int_equal(wire_keys_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 3);
	BODY_CHECK_LENGTHS(wire_keys_req_get, body, &b);
}

static void test_key(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_key b, a = {
		.token = 2, .type = WIRE_KEY_EC, .bits = 256,
		.flags = WIRE_KEY_SIGN | WIRE_KEY_ALWAYS_AUTH,
		.curve = "P-256", .label = "Zhang Min",
		.id = slice_of("\x00\x03", 2), .spki = slice_str("spki"),
		.certificate = slice_str("certificate"),
	};

	memset(a.identity, 0x5a, sizeof(a.identity));
	buf_init(&body, 4096);
	wire_key_put(&body, &a);
	assert_int_equal(wire_key_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 2);
	assert_memory_equal(b.identity, a.identity, sizeof(a.identity));
	assert_int_equal(b.type, WIRE_KEY_EC);
	assert_int_equal(b.bits, 256);
	assert_int_equal(b.flags, a.flags);
	assert_string_equal(b.curve, "P-256");
	assert_string_equal(b.label, "Zhang Min");
	assert_true(slice_equal(b.id, a.id));
	assert_true(slice_equal(b.spki, a.spki));
	assert_true(slice_equal(b.certificate, a.certificate));
	BODY_CHECK_LENGTHS(wire_key_get, body, &b);
}

struct lengths {
	unsigned type;
	size_t curve, label, id, spki, certificate;
};

static int with(struct lengths l)
{
	AUTO(buf_fini) struct buf body;
	char curve[64], label[LIMIT_LABEL + 1];
	struct wire_key m;

	body_fill(curve, l.curve);
	body_fill(label, l.label);
	buf_init(&body, 128 * 1024);
	buf_put_u32(&body, 1);
	buf_put(&body, bytes, WIRE_KEY_IDENTITY);
	buf_put_u8(&body, (uint8_t)l.type);
	buf_put_u32(&body, 256);
	buf_put_u32(&body, 0);
	wire_put_text(&body, curve);
	wire_put_text(&body, label);
	buf_put_block(&body, slice_of(bytes, l.id));
	buf_put_block(&body, slice_of(bytes, l.spki));
	buf_put_block(&body, slice_of(bytes, l.certificate));
	assert_int_equal(buf_error(&body), 0);
	return wire_key_get(buf_slice(&body), &m, &e);
}

static void test_fields_that_are_too_long(void **state)
{
	struct lengths most = { 1, 31, LIMIT_LABEL - 1, LIMIT_KEY_ID,
				LIMIT_SPKI, LIMIT_CERTIFICATE };
	size_t *const fields[] = { &most.curve, &most.label, &most.id,
				   &most.spki, &most.certificate };

	assert_int_equal(with(most), 0);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		(*fields[i])++;
		assert_int_equal(with(most), ERR_PROTOCOL);
		(*fields[i])--;
	}
	assert_int_equal(with(most), 0);
}

static void test_types_that_are_none(void **state)
{
	assert_int_equal(with((struct lengths){ .type = 0 }), ERR_PROTOCOL);
	assert_int_equal(with((struct lengths){ .type = WIRE_KEY_ED }), 0);
	assert_int_equal(with((struct lengths){ .type = WIRE_KEY_ED + 1 }),
			 ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_fields_that_are_too_long),
		cmocka_unit_test(test_types_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
