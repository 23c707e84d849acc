/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login: the messages that log in and out.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/login.h"

static struct error e;

static void test_login(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_login_req a = { .token = 9, .pin_source = "/etc/pin" };
	struct wire_login_req b;

	buf_init(&body, 8192);
	wire_login_req_put(&body, &a);
	assert_int_equal(wire_login_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, 9);
	assert_string_equal(b.pin_source, "/etc/pin");
	BODY_CHECK_LENGTHS(wire_login_req_get, body, &b);
}

static int with_path(size_t len)
{
	AUTO(buf_fini) struct buf body;
	char path[LIMIT_PATH + 1];
	struct wire_login_req m;

	buf_init(&body, 8192);
	body_fill(path, len);
	buf_put_u32(&body, 0);
	wire_put_text(&body, path);
	return wire_login_req_get(buf_slice(&body), &m, &e);
}

static void test_path_of_any_length(void **state)
{
	assert_int_equal(with_path(LIMIT_PATH - 1), 0);
	assert_int_equal(with_path(LIMIT_PATH), ERR_PROTOCOL);
}

static void test_logout(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_logout_req a = { .token = UINT32_MAX };
	struct wire_logout_req b;

	buf_init(&body, 8192);
	wire_logout_req_put(&body, &a);
	assert_int_equal(wire_logout_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.token, UINT32_MAX);
	BODY_CHECK_LENGTHS(wire_logout_req_get, body, &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_path_of_any_length),
		cmocka_unit_test(test_logout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
