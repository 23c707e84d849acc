/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ckr: every CK_RV has a name, a meaning, and words for people.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "pkcs11/ckr.h"

static struct error e;

static void test_names(void **state)
{
	assert_string_equal(p11_ckr_name(CKR_OK), "CKR_OK");
	assert_string_equal(p11_ckr_name(0x30), "CKR_DEVICE_ERROR");
	assert_string_equal(p11_ckr_name(0x150), "CKR_BUFFER_TOO_SMALL");
	assert_string_equal(p11_ckr_name(0x80000001UL), "a vendor's code");
	assert_string_equal(p11_ckr_name(0x7777), "an unknown code");
}

/* The table of what follows, row by row. */
static void test_meaning(void **state)
{
	static const struct {
		CK_RV rv;
		int code;
	} rows[] = {
		{ 0x00, 0 },
		{ 0x30, ERR_TOKEN_GONE }, { 0x32, ERR_TOKEN_GONE },
		{ 0xb0, ERR_TOKEN_GONE }, { 0xb3, ERR_TOKEN_GONE },
		{ 0xe0, ERR_TOKEN_GONE }, { 0xe1, ERR_TOKEN_GONE },
		{ 0x05, ERR_MODULE },	  { 0xa0, ERR_PIN_WRONG },
		{ 0xa4, ERR_PIN_LOCKED }, { 0xa2, ERR_PIN_LENGTH },
		{ 0xb1, ERR_QUOTA },	  { 0x101, ERR_NOT_LOGGED_IN },
		{ 0x50, ERR_CANCELLED },  { 0x02, ERR_NO_MEMORY },
		{ 0x70, ERR_IMPOSSIBLE }, { 0x68, ERR_IMPOSSIBLE },
		{ 0x60, ERR_NO_SUCH_KEY }, { 0x06, ERR_MODULE },
		{ 0x80001234UL, ERR_MODULE }, { 0x7777, ERR_MODULE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(p11_ckr_code(rows[i].rv), rows[i].code);
}

/* No CK_RV about a PIN may be taken for something worth trying again. */
static void test_pin_codes_are_not_retried(void **state)
{
	for (CK_RV rv = 0xa0; rv <= 0xa4; rv++)
		assert_false(err_info(p11_ckr_code(rv))->retry);
}

static void test_message(void **state)
{
	assert_int_equal(p11_ckr_set(&e, "soft", "C_Sign", 0x30),
			 ERR_TOKEN_GONE);
	assert_int_equal(e.code, ERR_TOKEN_GONE);
	assert_int_equal(e.ckr, 0x30);
	assert_string_equal(e.where, "C_Sign soft");
	assert_string_equal(e.message,
			    "soft: C_Sign: CKR_DEVICE_ERROR (0x30): token or "
			    "reader failed; insert it again");
	p11_ckr_set(&e, "soft", "C_Sign", 0x06);
	assert_string_equal(e.message,
			    "soft: C_Sign: CKR_FUNCTION_FAILED (0x6)");
}

static void test_lie(void **state)
{
	assert_int_equal(p11_ckr_lie(&e, "soft", "C_Sign", "%d bytes", 9),
			 ERR_MODULE);
	assert_int_equal(e.ckr, ERROR_NO_CKR);
	assert_string_equal(e.message, "soft: C_Sign: 9 bytes; this is a "
				       "defect of the module");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_pin_codes_are_not_retried),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
