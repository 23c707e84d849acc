/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prepare: what PREPARE finds, ends and takes over.
 */
#include "tests/unit/pkcs11/mocked.h"

#include <p11-kit/pkcs11.h>

static struct wire_prepare_rep prepared(void)
{
	return worker_prepared(&w, worker_ask_prepare(&w, token.token, 0, NULL,
						      0));
}

static int refused(void)
{
	return worker_failure(&w, worker_ask_prepare(&w, token.token, 0, NULL,
						     0), WIRE_PREPARE, &why);
}

/* The other end was closed, and soon. */
static bool is_closed(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, WORKER_PATIENCE) == 1 &&
	       recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static bool is_open(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) < 0;
}

static void test_flags_are_fresh(void **state)
{
	struct wire_prepare_rep rep;

	mocked_start("");
	rep = prepared();
	assert_int_equal(rep.token.token, token.token);
	assert_string_equal(rep.token.serial, token.serial);
	assert_false(rep.logged_in);
	assert_true((rep.token.flags & CKF_USER_PIN_FINAL_TRY) == 0);
	mocked_set("C_GetTokenInfo flags +CKF_USER_PIN_FINAL_TRY\n");
	rep = prepared();
	assert_true((rep.token.flags & CKF_USER_PIN_FINAL_TRY) != 0);
	assert_int_equal(mocked_count("C_Login"), 0);
	worker_end(&w);
}

static void test_foreign_login_is_ended(void **state)
{
	mocked_start("C_OpenSession logged-in \"" MOCKED_PIN "\"\n");
	assert_false(prepared().logged_in);
	assert_string_equal(mocked_story(), "Logout");
	worker_end(&w);
}

static void test_foreign_login_that_stays(void **state)
{
	mocked_start("C_OpenSession logged-in \"" MOCKED_PIN "\"\n"
		     "C_Logout return CKR_OK\n");
	assert_int_equal(refused(), ERR_TOKEN_BUSY);
	worker_end(&w);
}

/* That of a pin-source file is ours, and stays. */
static void test_unattended_login_stays(void **state)
{
	mocked_start("");
	worker_login(&w, token.token);
	assert_true(prepared().logged_in);
	assert_int_equal(mocked_count("C_Logout"), 0);
	worker_end(&w);
}

static void test_session_that_ended(void **state)
{
	mocked_start("");
	assert_false(prepared().logged_in);
	mocked_set("C_GetSessionInfo nth 1 return "
		   "CKR_SESSION_HANDLE_INVALID\n");
	assert_false(prepared().logged_in);
	mocked_set("C_GetSessionInfo return CKR_SESSION_HANDLE_INVALID\n");
	assert_int_equal(refused(), ERR_TOKEN_GONE);
	worker_end(&w);
}

static void test_token_that_is_gone(void **state)
{
	mocked_start("");
	mocked_set("C_GetTokenInfo return CKR_TOKEN_NOT_PRESENT\n");
	assert_int_equal(refused(), ERR_TOKEN_GONE);
	worker_end(&w);
}

/* One socket a token: a newer one, and none, close it. */
static void test_socket_is_withdrawn(void **state)
{
	int first, second;

	mocked_start("");
	first = worker_pins(&w, token.token, 1);
	assert_true(is_open(first));
	second = worker_pins(&w, token.token, 2);
	assert_true(is_closed(first));
	assert_true(is_open(second));
	prepared();
	assert_true(is_closed(second));
	close(first);
	close(second);
	worker_end(&w);
}

/* Whatever is refused, nobody waits for a PIN any more. */
static void test_socket_of_a_refusal(void **state)
{
	int pair[2];

	mocked_start("C_OpenSession return CKR_SESSION_COUNT\n");
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	assert_int_equal(worker_failure(&w, worker_ask_prepare(
		&w, token.token, 1, &pair[1], 1), WIRE_PREPARE, &why),
		ERR_QUOTA);
	close(pair[1]);
	assert_true(is_closed(pair[0]));
	close(pair[0]);
	worker_end(&w);
}

static void test_socket_is_used_up(void **state)
{
	struct wire_sign_req m;
	uint32_t made;
	int fd;

	mocked_start("");
	m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	fd = worker_pins(&w, token.token, 1);
	worker_type(fd, MOCKED_PIN);
	assert_int_equal(mocked_sign(&m, &made), 0);
	assert_true(is_closed(fd));
	close(fd);
	worker_end(&w);
}

/* Tokens without a PIN yet are listed, and can be prepared. */
static void test_token_that_is_not_initialised(void **state)
{
	struct wire_token all[8];
	size_t n;

	mocked_start("");
	n = worker_tokens(&w, all, ARRAY_LEN(all));
	for (size_t i = 0; i < n && i < ARRAY_LEN(all); i++)
		if ((all[i].flags & CKF_TOKEN_INITIALIZED) == 0) {
			token = all[i];
			assert_false(prepared().logged_in);
			worker_end(&w);
			return;
		}
	fail_msg("none among %zu", n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags_are_fresh),
		cmocka_unit_test(test_foreign_login_is_ended),
		cmocka_unit_test(test_foreign_login_that_stays),
		cmocka_unit_test(test_unattended_login_stays),
		cmocka_unit_test(test_session_that_ended),
		cmocka_unit_test(test_token_that_is_gone),
		cmocka_unit_test(test_socket_is_withdrawn),
		cmocka_unit_test(test_socket_of_a_refusal),
		cmocka_unit_test(test_socket_is_used_up),
		cmocka_unit_test(test_token_that_is_not_initialised),
	};

	return cmocka_run_group_tests(tests, mocked_provision,
				      mocked_unprovision);
}
