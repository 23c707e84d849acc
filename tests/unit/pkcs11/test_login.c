/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login: no PIN try is spent where it is known before that it would fail,
 * or that it is the last one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <p11-kit/pkcs11.h>
#include <string.h>

#include "pkcs11/login.h"

static struct error e;

static int allowed(uint64_t flags, size_t len)
{
	struct wire_token t = { .flags = flags | CKF_LOGIN_REQUIRED,
				.min_pin_len = 4, .max_pin_len = 8,
				.label = "Card" };

	error_clear(&e);
	return p11_login_allowed(&t, len, &e);
}

static void test_flags(void **state)
{
	uint64_t ok = CKF_USER_PIN_INITIALIZED;

	assert_int_equal(allowed(ok, 6), 0);
	assert_int_equal(allowed(ok | CKF_USER_PIN_COUNT_LOW, 6), 0);
	assert_int_equal(allowed(0, 6), ERR_NOT_LOGGED_IN);
	assert_int_equal(allowed(ok | CKF_USER_PIN_LOCKED, 6),
			 ERR_PIN_LOCKED);
	assert_int_equal(allowed(ok | CKF_PROTECTED_AUTHENTICATION_PATH, 6),
			 ERR_PIN_SOURCE);
	/* Locked says more than final try, where a token shows both. */
	assert_int_equal(allowed(ok | CKF_USER_PIN_LOCKED |
				 CKF_USER_PIN_FINAL_TRY, 6), ERR_PIN_LOCKED);
}

static void test_the_last_try_is_for_a_person(void **state)
{
	assert_int_equal(allowed(CKF_USER_PIN_INITIALIZED |
				 CKF_USER_PIN_FINAL_TRY, 6), ERR_PIN_SOURCE);
	assert_non_null(strstr(e.message, "kept for a person"));
	assert_non_null(strstr(e.message, "Card"));
}

static void test_length(void **state)
{
	assert_int_equal(allowed(CKF_USER_PIN_INITIALIZED, 3),
			 ERR_PIN_LENGTH);
	assert_int_equal(allowed(CKF_USER_PIN_INITIALIZED, 4), 0);
	assert_int_equal(allowed(CKF_USER_PIN_INITIALIZED, 8), 0);
	assert_int_equal(allowed(CKF_USER_PIN_INITIALIZED, 9),
			 ERR_PIN_LENGTH);
	assert_non_null(strstr(e.message, "not tried"));
}

static void test_no_lengths(void **state)
{
	struct wire_token t = { .flags = CKF_USER_PIN_INITIALIZED };

	assert_int_equal(p11_login_allowed(&t, 6, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_the_last_try_is_for_a_person),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_no_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
