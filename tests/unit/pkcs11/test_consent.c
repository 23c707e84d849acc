/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_consent: a PIN of a person is used as often as it must be and no more,
 * and nobody stays logged in.
 */
#include "tests/unit/pkcs11/mocked.h"

#include <p11-kit/pkcs11.h>
#include <sys/mman.h>

#include "pkcs11/consent.h"
#include "pkcs11/pins.h"

static uint32_t made;

/* Tries left in the counter that count_tries() sets up. */
static char tries_file[128];

static void count_tries(char *rule, size_t size, unsigned all, unsigned left)
{
	char text[16];

	snprintf(tries_file, sizeof(tries_file), "%s/tries", worker_dir);
	snprintf(text, sizeof(text), "%u\n", left);
	mocked_put(tries_file, text);
	snprintf(rule, size, "* where token-label \"Signet Test\" "
		 "pin-counter %u \"%s\"\n", all, tries_file);
}

static unsigned tries(void)
{
	FILE *f = fopen(tries_file, "re");
	unsigned n = 99;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%u", &n), 1);
	fclose(f);
	return n;
}

/*
 * PREPARE for so many PINs, those that come, SIGN.  The calls since then are in
 * the log.
 */
static int sign_prepared(uint32_t prepared, const char *label, uint32_t count,
			 uint8_t flags, const char *const *pins,
			 uint32_t pins_count)
{
	struct wire_sign_req m = mocked_request(label, WIRE_LOGIN_PIN, count);
	int fd = worker_pins(&w, token.token, prepared), r;

	m.flags = flags;
	mocked_forget();
	for (uint32_t i = 0; i < pins_count; i++)
		worker_type(fd, pins[i]);
	shutdown(fd, SHUT_WR);
	r = mocked_sign(&m, &made);
	close(fd);
	return r;
}

static int sign_with(const char *label, uint32_t count, uint8_t flags,
		     const char *const *pins, uint32_t pins_count)
{
	return sign_prepared(count, label, count, flags, pins, pins_count);
}

static const char *const right[] = { MOCKED_PIN, MOCKED_PIN, MOCKED_PIN };
static const char *const wrong[] = { "000000" };

static int sign_as_it_is(const char *label)
{
	struct wire_sign_req m = mocked_request(label, WIRE_LOGIN_NONE, 1);

	return mocked_sign(&m, &made);
}

static void test_login_sign_logout(void **state)
{
	mocked_start("");
	assert_int_equal(sign_with("p256", 1, 0, right, 1), 0);
	assert_string_equal(mocked_story(), "Login SignInit Sign Logout");
	assert_int_equal(sign_as_it_is("p256"), ERR_NOT_LOGGED_IN);
	worker_end(&w);
}

/* The table of keys is not made again for a login: one search, one object. */
static void test_cost_of_a_login(void **state)
{
	mocked_start("");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sign_with("p256", 1, 0, right, 1), 0);
		assert_int_equal(mocked_count("C_FindObjectsInit"), 1);
		assert_int_equal(mocked_count("C_GetAttributeValue"), 1);
	}
	worker_end(&w);
}

static void test_batch(void **state)
{
	mocked_start("");
	assert_int_equal(sign_with("p256", 3, 0, right, 1), 0);
	assert_string_equal(mocked_story(), "Login SignInit Sign SignInit Sign"
			    " SignInit Sign Logout");
	worker_end(&w);
}

/* k of N: what came before the removal was signed, the rest not begun. */
static void test_removal_in_a_batch(void **state)
{
	mocked_start("C_Sign nth 3 return CKR_DEVICE_REMOVED\n");
	assert_int_equal(sign_with("p256", 5, 0, right, 1), ERR_TOKEN_GONE);
	assert_int_equal(made, 2);
	assert_int_equal(mocked_count("C_SignInit"), 3);
	assert_int_equal(mocked_count("C_Logout"), 1);
	worker_end(&w);
}

/* A signature that was made is told, even if the next one is the end of all. */
static void test_hang_in_a_batch(void **state)
{
	struct wire_frame frame;
	struct wire_sign_req m;
	uint32_t id;
	int fd;

	mocked_start("C_Sign nth 2 hang\n");
	m = mocked_request("p256", WIRE_LOGIN_PIN, 3);
	fd = worker_pins(&w, token.token, 1);
	worker_type(fd, MOCKED_PIN);
	id = worker_ask_sign(&w, &m);
	worker_answer(&w, id, WIRE_SIGN, WIRE_MORE, &frame);
	kill(w.pid, SIGKILL);
	assert_int_equal(worker_receive(&w, &frame), 0);
	close(fd);
	close(w.fd);
	buf_fini(&w.in);
	assert_int_equal(worker_wait(&w), 256 + SIGKILL);
}

static void test_wrong_pin_spends_one_try(void **state)
{
	char rule[256];

	count_tries(rule, sizeof(rule), 3, 3);
	mocked_start(rule);
	assert_int_equal(sign_with("p256", 1, 0, wrong, 1), ERR_PIN_WRONG);
	assert_int_equal(tries(), 2);
	assert_non_null(strstr(why.message, "few tries are left"));
	assert_null(strstr(why.message, wrong[0]));
	/* Behind it nothing is called but C_GetTokenInfo. */
	assert_string_equal(strstr(mocked_calls(), " C_Login"),
			    " C_Login=CKR_PIN_INCORRECT C_GetTokenInfo");
	worker_end(&w);
}

static void test_tries_run_out(void **state)
{
	char rule[256];

	count_tries(rule, sizeof(rule), 3, 2);
	mocked_start(rule);
	assert_int_equal(sign_with("p256", 1, 0, wrong, 1), ERR_PIN_WRONG);
	assert_non_null(strstr(why.message, "one try is left"));
	/* A person may use the last one, and may be right. */
	assert_int_equal(sign_with("p256", 1, 0, right, 1), 0);
	assert_int_equal(tries(), 3);
	mocked_put(tries_file, "1\n");
	assert_int_equal(sign_with("p256", 1, 0, wrong, 1), ERR_PIN_WRONG);
	assert_non_null(strstr(why.message, "locked now"));
	assert_int_equal(sign_with("p256", 1, 0, right, 1), ERR_PIN_LOCKED);
	assert_int_equal(mocked_count("C_Login"), 0);
	assert_int_equal(tries(), 0);
	worker_end(&w);
}

static int sign_with_packet(const void *bytes, size_t len)
{
	struct wire_sign_req m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	int fd = worker_pins(&w, token.token, 1), r;

	mocked_forget();
	assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	r = mocked_sign(&m, &made);
	close(fd);
	return r;
}

/* None of these comes near the token. */
static void test_pins_that_are_none(void **state)
{
	static uint8_t large[10240];
	struct wire_sign_req m;
	char rule[256];

	count_tries(rule, sizeof(rule), 3, 3);
	mocked_start(rule);
	assert_int_equal(sign_with_packet(large, sizeof(large)),
			 ERR_PIN_LENGTH);
	assert_int_equal(sign_with_packet(large, SECRET_MAX + 1),
			 ERR_PIN_LENGTH);
	assert_int_equal(sign_with_packet("", 0), ERR_PIN_LENGTH);
	assert_int_equal(sign_with_packet("123", 3), ERR_PIN_LENGTH);
	assert_int_equal(mocked_count("C_Login"), 0);
	/* closed; and then, without PREPARE, no socket at all */
	assert_int_equal(sign_with("p256", 1, 0, NULL, 0), ERR_PROMPT);
	assert_int_equal(mocked_count("C_Login"), 0);
	m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	assert_int_equal(mocked_sign(&m, &made), ERR_NOT_LOGGED_IN);
	assert_int_equal(mocked_count("C_Login"), 0);
	assert_int_equal(tries(), 3);
	worker_end(&w);
}

static void test_nobody_types(void **state)
{
	struct wire_sign_req m;
	int fd;

	mocked_start("");
	m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	fd = worker_pins(&w, token.token, 1);
	m.deadline_ns = clock_mono_ns() + 50 * CLOCK_NS_PER_MS;
	assert_int_equal(mocked_sign(&m, &made), ERR_PROMPT);
	m.deadline_ns = clock_mono_ns() - 1;
	assert_int_equal(mocked_sign(&m, &made), ERR_DEADLINE);
	assert_int_equal(mocked_count("C_Login"), 0);
	close(fd);
	worker_end(&w);
}

/* A PIN is not used up for what cannot be. */
static void test_key_that_is_not_there(void **state)
{
	struct wire_sign_req m;
	int fd;

	mocked_start("");
	m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	fd = worker_pins(&w, token.token, 1);
	worker_type(fd, MOCKED_PIN);
	m.identity[0] ^= 1;
	assert_int_equal(mocked_sign(&m, &made), ERR_NO_SUCH_KEY);
	assert_int_equal(mocked_count("C_Login"), 0);
	close(fd);
	worker_end(&w);
}

#define ONE "SignInit Login Sign"

static void test_key_that_asks_each_time(void **state)
{
	mocked_start("");
	assert_int_equal(sign_with("each", 1, 0, right, 1), 0);
	assert_string_equal(mocked_story(), "Login " ONE " Logout");
	/* with one PIN, and with one PIN each */
	assert_int_equal(sign_with("each", 3, WIRE_SIGN_REUSE, right, 1), 0);
	assert_string_equal(mocked_story(),
			    "Login " ONE " " ONE " " ONE " Logout");
	assert_int_equal(sign_with("each", 3, 0, right, 3), 0);
	assert_string_equal(mocked_story(),
			    "Login " ONE " " ONE " " ONE " Logout");
	/* now that it was seen, signetd is told, too */
	assert_int_equal(sign_as_it_is("each"), ERR_NOT_LOGGED_IN);
	worker_end(&w);
}

/* Not known before the login; told before the first signature. */
static void test_key_that_asks_each_time_of_too_few(void **state)
{
	mocked_start("");
	assert_int_equal(sign_prepared(1, "each", 3, 0, right, 1),
			 ERR_NOT_LOGGED_IN);
	assert_int_equal(made, 0);
	assert_string_equal(mocked_story(), "Login Logout");
	assert_int_equal(sign_with("each", 3, 0, right, 3), 0);
	worker_end(&w);
}

/* It is logged out whatever was asked for. */
static void test_key_that_asks_each_time_is_not_kept(void **state)
{
	mocked_start("");
	assert_int_equal(sign_with("each", 1, WIRE_SIGN_KEEP, right, 1), 0);
	assert_string_equal(mocked_story(), "Login " ONE " Logout");
	worker_end(&w);
}

static void test_second_pin_that_does_not_come(void **state)
{
	mocked_start("");
	assert_int_equal(sign_with("each", 3, 0, right, 1), ERR_PROMPT);
	assert_int_equal(made, 1);
	/* The operation that was begun does not stand in the way. */
	assert_string_equal(mocked_story(), "Login " ONE
			    " SignInit Logout CloseSession");
	assert_int_equal(sign_with("each", 1, 0, right, 1), 0);
	worker_end(&w);
}

static void test_second_pin_that_is_wrong(void **state)
{
	static const char *const second[] = { MOCKED_PIN, "000000",
					      MOCKED_PIN };
	char rule[256];

	count_tries(rule, sizeof(rule), 3, 3);
	mocked_start(rule);
	assert_int_equal(sign_with("each", 3, 0, second, 3), ERR_PIN_WRONG);
	assert_int_equal(made, 1);
	assert_int_equal(tries(), 2);
	assert_int_equal(sign_as_it_is("p256"), ERR_NOT_LOGGED_IN);
	worker_end(&w);
}

static void test_keep(void **state)
{
	const struct wire_logout_req out = { .token = token.token };
	struct wire_prepare_rep rep;
	struct wire_frame frame;

	mocked_start("");
	assert_int_equal(sign_with("p256", 1, WIRE_SIGN_KEEP, right, 1), 0);
	assert_string_equal(mocked_story(), "Login SignInit Sign");
	rep = worker_prepared(&w, worker_ask_prepare(&w, token.token, 0, NULL,
						     0));
	assert_true(rep.logged_in);
	mocked_forget();
	assert_int_equal(sign_as_it_is("p256"), 0);
	assert_string_equal(mocked_story(), "SignInit Sign");
	/* A PIN that is typed nevertheless is tried. */
	assert_int_equal(sign_with("p256", 1, 0, wrong, 1), ERR_PIN_WRONG);
	assert_string_equal(mocked_story(), "Logout Login=CKR_PIN_INCORRECT");
	assert_int_equal(sign_with("p256", 1, WIRE_SIGN_KEEP, right, 1), 0);
	worker_answer(&w, WORKER_REQUEST(&w, WIRE_LOGOUT,
					 wire_logout_req_put(&worker_out,
							     &out)),
		      WIRE_LOGOUT, WIRE_REP, &frame);
	rep = worker_prepared(&w, worker_ask_prepare(&w, token.token, 0, NULL,
						     0));
	assert_false(rep.logged_in);
	assert_int_equal(sign_as_it_is("p256"), ERR_NOT_LOGGED_IN);
	worker_end(&w);
}

/* A failure ends also the login that was to be kept. */
static void test_keep_and_fail(void **state)
{
	mocked_start("C_Sign nth 2 return CKR_FUNCTION_FAILED\n");
	assert_int_equal(sign_with("p256", 2, WIRE_SIGN_KEEP, right, 1),
			 ERR_MODULE);
	assert_int_equal(mocked_count("C_Logout"), 1);
	assert_int_equal(sign_as_it_is("p256"), ERR_NOT_LOGGED_IN);
	worker_end(&w);
}

static void test_logout_that_fails(void **state)
{
	mocked_start("C_Logout return CKR_GENERAL_ERROR\n");
	assert_int_equal(sign_with("p256", 1, 0, right, 1), 0);
	assert_int_equal(mocked_count("C_CloseSession"), 1);
	assert_int_equal(sign_as_it_is("p256"), ERR_NOT_LOGGED_IN);
	worker_end(&w);
}

/* With another's login any PIN would do: it is none. */
static void test_somebody_logs_in_between(void **state)
{
	mocked_start("");
	mocked_set("C_Login return CKR_USER_ALREADY_LOGGED_IN\n");
	assert_int_equal(sign_with("p256", 1, 0, wrong, 1), ERR_TOKEN_BUSY);
	assert_int_equal(mocked_count("C_SignInit"), 0);
	assert_int_equal(mocked_count("C_Logout"), 1);
	worker_end(&w);
}

static int sign_at_pad(const char *label, uint32_t count)
{
	struct wire_sign_req m = mocked_request(label, WIRE_LOGIN_PAD, count);

	mocked_forget();
	return mocked_sign(&m, &made);
}

#define PAD "C_GetTokenInfo flags +CKF_PROTECTED_AUTHENTICATION_PATH\n"

static void test_pad(void **state)
{
	mocked_start(PAD "C_Login pinpad \"" MOCKED_PIN "\"\n");
	assert_int_equal(sign_at_pad("p256", 2), 0);
	assert_string_equal(mocked_story(),
			    "Login SignInit Sign SignInit Sign Logout");
	assert_int_equal(sign_at_pad("each", 2), 0);
	assert_string_equal(mocked_story(), "Login " ONE " " ONE " Logout");
	mocked_set(PAD "C_Login return CKR_FUNCTION_CANCELED\n");
	assert_int_equal(sign_at_pad("p256", 1), ERR_DECLINED);
	/* Without a pad an empty PIN could cost a try. */
	mocked_set("");
	assert_int_equal(sign_at_pad("p256", 1), ERR_IMPOSSIBLE);
	assert_int_equal(mocked_count("C_Login"), 0);
	worker_end(&w);
}

/* --- a module of our own, to see where the PIN lies ----------------------- */

static CK_BYTE_PTR seen;
static CK_RV answer;

static CK_RV fake_login(CK_SESSION_HANDLE session, CK_USER_TYPE user,
			CK_BYTE_PTR pin, CK_ULONG len)
{
	seen = pin;
	assert_int_equal(len, strlen(MOCKED_PIN));
	assert_memory_equal(pin, MOCKED_PIN, len);
	return answer;
}

static CK_RV fake_logout(CK_SESSION_HANDLE session)
{
	return CKR_OK;
}

static CK_RV fake_token(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
	memset(info, ' ', sizeof(*info));
	info->flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED |
		      CKF_LOGIN_REQUIRED;
	info->ulMinPinLen = 4;
	info->ulMaxPinLen = 8;
	return CKR_OK;
}

static CK_RV fake_slot(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info)
{
	return CKR_OK;
}

static CK_FUNCTION_LIST fake = {
	.C_Login = fake_login, .C_Logout = fake_logout,
	.C_GetTokenInfo = fake_token, .C_GetSlotInfo = fake_slot,
};

static bool is_mapped(void *at)
{
	uintptr_t page = (uintptr_t)at & ~(uintptr_t)4095;
	unsigned char core;

	return mincore((void *)page, 1, &core) == 0;
}

static void fake_consent(CK_RV rv, int code)
{
	struct p11_module module = { .name = "fake", .p11 = &fake };
	struct p11_key key = { .sign = true };
	struct p11_token t = { .module = &module, .session = 1,
			       .keys_loaded = true, .pins = -1,
			       .keys = { .pairs = { &key, 1, 1 } } };
	const struct wire_sign_req req = { .login = WIRE_LOGIN_PIN,
					   .deadline_ns = worker_deadline() };
	struct p11_consent c;
	int pair[2];

	answer = rv;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	p11_pins_set(&t, pair[1]);
	worker_type(pair[0], MOCKED_PIN);
	assert_int_equal(p11_consent_begin(&c, &t, &req, &why), code);
	assert_true(is_mapped(seen));
	p11_consent_end(&c, &t, false);
	assert_false(is_mapped(seen));
	assert_int_equal(t.pins, -1);
	assert_false(t.logged_in);
	close(pair[0]);
}

static void test_pin_is_wiped(void **state)
{
	fake_consent(CKR_OK, 0);
	fake_consent(CKR_PIN_INCORRECT, ERR_PIN_WRONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_login_sign_logout),
		cmocka_unit_test(test_cost_of_a_login),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_removal_in_a_batch),
		cmocka_unit_test(test_hang_in_a_batch),
		cmocka_unit_test(test_wrong_pin_spends_one_try),
		cmocka_unit_test(test_tries_run_out),
		cmocka_unit_test(test_pins_that_are_none),
		cmocka_unit_test(test_nobody_types),
		cmocka_unit_test(test_key_that_is_not_there),
		cmocka_unit_test(test_key_that_asks_each_time),
		cmocka_unit_test(test_key_that_asks_each_time_of_too_few),
		cmocka_unit_test(test_key_that_asks_each_time_is_not_kept),
		cmocka_unit_test(test_second_pin_that_does_not_come),
		cmocka_unit_test(test_second_pin_that_is_wrong),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_keep_and_fail),
		cmocka_unit_test(test_logout_that_fails),
		cmocka_unit_test(test_somebody_logs_in_between),
		cmocka_unit_test(test_pad),
		cmocka_unit_test(test_pin_is_wiped),
	};

	return cmocka_run_group_tests(tests, mocked_provision,
				      mocked_unprovision);
}
