/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fault: an error crosses the border whole, and only an error does.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/fault.h"

static struct error e;

static void check(const struct error *a)
{
	AUTO(buf_fini) struct buf body;
	struct error b;

	buf_init(&body, 4096);
	wire_fault_put(&body, a);
	assert_int_equal(wire_fault_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.code, a->code);
	assert_int_equal(b.errnum, a->errnum);
	assert_true(b.ckr == a->ckr);
	assert_string_equal(b.where, a->where);
	assert_string_equal(b.message, a->message);
	BODY_CHECK_LENGTHS(wire_fault_get, body, &b);
}

static void test_with_ckr(void **state)
{
	struct error a;

	error_set(&a, ERR_TOKEN_GONE, "soft: C_Sign");
	a.ckr = 0x30;
	check(&a);
}

static void test_with_errno(void **state)
{
	struct error a;

	error_set_errno(&a, ERR_PIN_SOURCE, 13, "/etc/pin");
	assert_true(a.ckr == ERROR_NO_CKR);
	check(&a);
}

static int with_code(int code)
{
	AUTO(buf_fini) struct buf body;
	struct error b;

	buf_init(&body, 4096);
	buf_put_u32(&body, (uint32_t)code);
	buf_put_u32(&body, 0);
	buf_put_u64(&body, 0);
	wire_put_text(&body, "");
	wire_put_text(&body, "");
	return wire_fault_get(buf_slice(&body), &b, &e);
}

/* A newer peer's code is kept; "nothing failed" is no failure. */
static void test_codes(void **state)
{
	assert_int_equal(with_code(-12345), 0);
	assert_int_equal(with_code(0), ERR_PROTOCOL);
	assert_int_equal(with_code(5), ERR_PROTOCOL);
}

static int with_texts(size_t where, size_t message)
{
	AUTO(buf_fini) struct buf body;
	char a[ERROR_WHERE_MAX + 1], b[ERROR_MESSAGE_MAX + 1];
	struct error m;

	body_fill(a, where);
	body_fill(b, message);
	buf_init(&body, 4096);
	buf_put_u32(&body, (uint32_t)ERR_MODULE);
	buf_put_u32(&body, 0);
	buf_put_u64(&body, 0);
	wire_put_text(&body, a);
	wire_put_text(&body, b);
	return wire_fault_get(buf_slice(&body), &m, &e);
}

static void test_texts_of_any_length(void **state)
{
	assert_int_equal(with_texts(ERROR_WHERE_MAX - 1,
				    ERROR_MESSAGE_MAX - 1), 0);
	assert_int_equal(with_texts(ERROR_WHERE_MAX, 1), ERR_PROTOCOL);
	assert_int_equal(with_texts(1, ERROR_MESSAGE_MAX), ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_ckr),
		cmocka_unit_test(test_with_errno),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_texts_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
