/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lock: what the worker and the provider that OpenSC loads say to each
 * other.  That a card is reset, and nobody else's before: cards.bats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <winscard.h>

#include "pkcs11/lock.h"
#include "pkcs11/provider/provider.h"

static void *provider;
static atomic_int *provider_state;
static LONG (*end_transaction)(SCARDHANDLE card, DWORD disposition);
static CK_RV login_rv;

/* Before OpenSC has loaded it, and with modules that never do. */
static void without_it_nothing_is_known(void **state)
{
	p11_lock_login();
	assert_false(p11_lock_was_reset());
}

static void load(void)
{
	const char *build = getenv("SIGNET_BUILD");
	char path[4200];

	snprintf(path, sizeof(path), "%s/bin/" PROVIDER_NAME,
		 build == NULL ? "build" : build);
	/* As OpenSC does it. */
	provider = dlopen(path, RTLD_LAZY);
	if (provider == NULL)
		fail_msg("%s", dlerror());
	provider_state = dlsym(provider, PROVIDER_STATE);
	assert_non_null(provider_state);
	*(void **)&end_transaction = dlsym(provider, "SCardEndTransaction");
	assert_non_null(end_transaction);
}

/* The rest of libpcsclite is found through it. */
static void it_is_libpcsclite(void **state)
{
	void *real = dlopen("libpcsclite.so.1", RTLD_LAZY);

	assert_non_null(real);
	load();
	assert_non_null(dlsym(real, "SCardTransmit"));
	assert_ptr_equal(dlsym(provider, "SCardTransmit"),
			 dlsym(real, "SCardTransmit"));
	assert_ptr_not_equal(dlsym(provider, "SCardDisconnect"),
			     dlsym(real, "SCardDisconnect"));
	dlclose(real);
}

static void a_login_is_said_and_forgotten(void **state)
{
	p11_lock_login();
	assert_int_equal(*provider_state, PROVIDER_LOGIN);
	p11_lock_forget();
	assert_int_equal(*provider_state, PROVIDER_IDLE);
}

static void a_reset_is_told_once(void **state)
{
	p11_lock_login();
	*provider_state = PROVIDER_RESET;
	assert_true(p11_lock_was_reset());
	assert_false(p11_lock_was_reset());
}

/* There is no such handle. */
static void a_lock_that_does_not_end_is_no_reset(void **state)
{
	p11_lock_login();
	assert_int_not_equal(end_transaction(4711, SCARD_LEAVE_CARD),
			     SCARD_S_SUCCESS);
	assert_false(p11_lock_was_reset());
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user,
		   CK_UTF8CHAR *pin, CK_ULONG len)
{
	/* Before anything can go wrong. */
	assert_int_equal(*provider_state, PROVIDER_LOGIN);
	return login_rv;
}

static enum provider_state after_login(CK_USER_TYPE user, CK_RV rv)
{
	CK_FUNCTION_LIST list = { .C_Login = login };
	const struct p11_module module = { .p11 = &list };
	const struct p11_token token = { .module = &module };

	login_rv = rv;
	assert_int_equal(p11_lock_and_login(&token, 1, user, NULL), rv);
	return (enum provider_state)*provider_state;
}

static void a_login_that_fails_is_none(void **state)
{
	assert_int_equal(after_login(CKU_USER, CKR_OK), PROVIDER_LOGIN);
	assert_int_equal(after_login(CKU_USER, CKR_PIN_INCORRECT),
			 PROVIDER_IDLE);
	assert_int_equal(after_login(CKU_CONTEXT_SPECIFIC, CKR_PIN_INCORRECT),
			 PROVIDER_LOGIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_it_nothing_is_known),
		cmocka_unit_test(it_is_libpcsclite),
		cmocka_unit_test(a_login_is_said_and_forgotten),
		cmocka_unit_test(a_reset_is_told_once),
		cmocka_unit_test(a_lock_that_does_not_end_is_no_reset),
		cmocka_unit_test(a_login_that_fails_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
