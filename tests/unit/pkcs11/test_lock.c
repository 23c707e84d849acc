/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lock: what is held back from PC/SC, and until when.  libpcsclite is not
 * there: what would be passed on to it comes back as SCARD_F_INTERNAL_ERROR.
 * That a card is nobody else's: card_login.bats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <winscard.h>

#include "pkcs11/lock.h"

#define CARD 4711
#define OTHER_CARD 4712
#define PASSED_ON SCARD_F_INTERNAL_ERROR

static struct p11_module module;
static const struct p11_token token = { .module = &module };
static CK_RV login_rv;
static LONG while_opening;

static int set_up(void **state)
{
	module.one_reader = true;
	return 0;
}

static int tear_down(void **state)
{
	/* It fails: there is no libpcsclite. */
	return p11_lock_end() ? -1 : 0;
}

static void end_is(LONG rv)
{
	assert_int_equal(SCardEndTransaction(CARD, SCARD_LEAVE_CARD), rv);
}

static void without_a_login_all_is_passed_on(void **state)
{
	assert_int_equal(SCardBeginTransaction(CARD), PASSED_ON);
	end_is(PASSED_ON);
	assert_int_equal(SCardDisconnect(CARD, SCARD_LEAVE_CARD), PASSED_ON);
}

static void with_one_the_lock_stays(void **state)
{
	p11_lock_login(&token);
	assert_int_equal(SCardBeginTransaction(CARD), PASSED_ON);
	end_is(SCARD_S_SUCCESS);
	/* It is ours already. */
	assert_int_equal(SCardBeginTransaction(CARD), SCARD_S_SUCCESS);
	end_is(SCARD_S_SUCCESS);
	assert_int_equal(SCardBeginTransaction(OTHER_CARD), PASSED_ON);
}

static void until_the_login_ends(void **state)
{
	p11_lock_login(&token);
	end_is(SCARD_S_SUCCESS);
	/* No reset where PC/SC does not do it. */
	assert_false(p11_lock_end());
	assert_int_equal(SCardBeginTransaction(CARD), PASSED_ON);
	end_is(PASSED_ON);
}

static void or_the_handle_does(void **state)
{
	p11_lock_login(&token);
	end_is(SCARD_S_SUCCESS);
	assert_int_equal(SCardDisconnect(CARD, SCARD_LEAVE_CARD), PASSED_ON);
	assert_int_equal(SCardBeginTransaction(CARD), PASSED_ON);
}

/* Whose card would it be? */
static void nothing_is_kept_of_several_readers(void **state)
{
	module.one_reader = false;
	p11_lock_login(&token);
	end_is(PASSED_ON);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user,
		   CK_UTF8CHAR *pin, CK_ULONG len)
{
	/* Before anything can go wrong. */
	end_is(SCARD_S_SUCCESS);
	return login_rv;
}

static void login_with(CK_USER_TYPE user, CK_RV rv)
{
	CK_FUNCTION_LIST list = { .C_Login = login };

	module.p11 = &list;
	login_rv = rv;
	assert_int_equal(p11_lock_and_login(&token, 1, user, NULL), rv);
}

static void a_login_that_fails_is_none(void **state)
{
	login_with(CKU_USER, CKR_PIN_INCORRECT);
	end_is(PASSED_ON);
}

/* A key's own PIN; somebody is logged in already. */
static void a_login_that_fails_ends_no_other(void **state)
{
	login_with(CKU_USER, CKR_OK);
	end_is(SCARD_S_SUCCESS);
	login_with(CKU_CONTEXT_SPECIFIC, CKR_PIN_INCORRECT);
	end_is(SCARD_S_SUCCESS);
	login_with(CKU_USER, CKR_USER_ALREADY_LOGGED_IN);
	end_is(SCARD_S_SUCCESS);
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *arg,
			  CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
	end_is(while_opening);
	return CKR_OK;
}

static void opens_with(LONG rv)
{
	CK_FUNCTION_LIST list = { .C_OpenSession = open_session };
	CK_SESSION_HANDLE session;

	module.p11 = &list;
	while_opening = rv;
	assert_int_equal(p11_lock_and_open(&token, 0, &session), CKR_OK);
}

/* The first test: no module has a PIN yet that it could present. */
static void a_session_before_any_login_is_none(void **state)
{
	opens_with(PASSED_ON);
}

static void a_session_after_one_may_be_one(void **state)
{
	p11_lock_login(&token);
	assert_false(p11_lock_end());
	opens_with(SCARD_S_SUCCESS);
	end_is(PASSED_ON);
}

static void a_session_ends_no_other_login(void **state)
{
	p11_lock_login(&token);
	opens_with(SCARD_S_SUCCESS);
	end_is(SCARD_S_SUCCESS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_before_any_login_is_none),
		TEST(without_a_login_all_is_passed_on),
		TEST(with_one_the_lock_stays),
		TEST(until_the_login_ends),
		TEST(or_the_handle_does),
		TEST(nothing_is_kept_of_several_readers),
		TEST(a_login_that_fails_is_none),
		TEST(a_login_that_fails_ends_no_other),
		TEST(a_session_after_one_may_be_one),
		TEST(a_session_ends_no_other_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
