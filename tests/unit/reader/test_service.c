/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_service: what people are told when pcscd does not do its work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/reader/service.h"

static struct wire_service s;

static void says(LONG rv, enum wire_service_state state, const char *text)
{
	reader_service_explain(rv, &s);
	assert_int_equal(s.state, state);
	assert_non_null(strstr(s.text, text));
}

static void test_not_running(void **state)
{
	says(SCARD_E_NO_SERVICE, WIRE_SERVICE_DOWN,
	     "systemctl start pcscd.socket");
	says(SCARD_F_COMM_ERROR, WIRE_SERVICE_DOWN, "not running");
}

static void test_refused(void **state)
{
	says(SCARD_W_SECURITY_VIOLATION, WIRE_SERVICE_REFUSED, "polkit");
}

static void test_anything_else(void **state)
{
	says(SCARD_F_INTERNAL_ERROR, WIRE_SERVICE_FAILED, "0x80100001");
	says(0x12345, WIRE_SERVICE_FAILED, "0x12345");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_running),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_anything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
