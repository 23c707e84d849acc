/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pin: PINs are changed, unblocked and set, and no try is spent that need
 * not be.
 */
#include "tests/unit/pkcs11/mocked.h"

#include <p11-kit/pkcs11.h>

#define NEW_PIN "135790"

static struct wire_token after;

static int ask(const struct wire_pin_req *m)
{
	uint32_t id = WORKER_REQUEST(&w, WIRE_PIN,
				     wire_pin_req_put(&worker_out, m));
	struct wire_pin_rep rep;
	struct wire_frame frame;
	struct error e;

	assert_int_equal(worker_receive(&w, &frame), 1);
	assert_int_equal(frame.id, id);
	if (frame.kind == WIRE_FAIL) {
		assert_int_equal(wire_fault_get(frame.body, &why, &e), 0);
		return why.code;
	}
	assert_int_equal(frame.kind, WIRE_REP);
	assert_int_equal(wire_pin_rep_get(frame.body, &rep, &e), 0);
	after = rep.token;
	return 0;
}

/* With these two PINs; NULL: the socket is closed before. */
static int pins_by(uint8_t flags, enum wire_pin_op op, const char *known,
		   const char *fresh)
{
	struct wire_pin_req m = { .token = token.token, .op = op,
				  .login = WIRE_LOGIN_PIN, .flags = flags };
	int fd = worker_pins(&w, token.token, 2), r;

	if (op == WIRE_PIN_INIT)
		snprintf(m.label, sizeof(m.label), "Anew");
	mocked_forget();
	if (known != NULL)
		worker_type(fd, known);
	if (fresh != NULL)
		worker_type(fd, fresh);
	shutdown(fd, SHUT_WR);
	r = ask(&m);
	close(fd);
	return r;
}

static int pins(enum wire_pin_op op, const char *known, const char *fresh)
{
	return pins_by(0, op, known, fresh);
}

/* Does the token sign with this PIN? */
static int tried(const char *pin)
{
	struct wire_sign_req m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	int fd = worker_pins(&w, token.token, 1), r;
	uint32_t made;

	worker_type(fd, pin);
	r = mocked_sign(&m, &made);
	close(fd);
	return r;
}

static void counters(const char *user, const char *so)
{
	char rules[512], path[2][128];

	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/tries%d", worker_dir,
			 i);
		mocked_put(path[i], i == 0 ? user : so);
	}
	snprintf(rules, sizeof(rules),
		 "* where token-label \"Signet Test\" pin-counter 3 \"%s\"\n"
		 "* where token-label \"Signet Test\" so-counter 3 \"%s\"\n",
		 path[0], path[1]);
	mocked_start(rules);
}

static int counter(int which)
{
	char path[128];
	int n = -1;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tries%d", worker_dir, which);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &n), 1);
	fclose(f);
	return n;
}

static void test_change(void **state)
{
	mocked_start("");
	assert_int_equal(pins(WIRE_PIN_CHANGE, MOCKED_PIN, NEW_PIN), 0);
	assert_int_equal(mocked_count("C_SetPIN"), 1);
	assert_int_equal(mocked_count("C_Login"), 0);
	assert_string_equal(after.serial, token.serial);
	assert_int_equal(tried(MOCKED_PIN), ERR_PIN_WRONG);
	assert_int_equal(tried(NEW_PIN), 0);
	assert_int_equal(pins(WIRE_PIN_CHANGE, NEW_PIN, MOCKED_PIN), 0);
	assert_int_equal(tried(MOCKED_PIN), 0);
	worker_end(&w);
}

static void test_change_with_a_wrong_pin(void **state)
{
	counters("3\n", "3\n");
	assert_int_equal(pins(WIRE_PIN_CHANGE, "000000", NEW_PIN),
			 ERR_PIN_WRONG);
	assert_int_equal(counter(0), 2);
	assert_int_equal(counter(1), 3);
	assert_non_null(strstr(why.message, "few tries are left"));
	assert_null(strstr(why.message, NEW_PIN));
	assert_int_equal(pins(WIRE_PIN_CHANGE, "000000", NEW_PIN),
			 ERR_PIN_WRONG);
	assert_non_null(strstr(why.message, "one try is left"));
	assert_int_equal(counter(0), 1);
	worker_end(&w);
}

/* Both PINs are looked at before the first is used. */
static void test_pins_that_are_none(void **state)
{
	static char large[10240];

	counters("3\n", "3\n");
	memset(large, '1', sizeof(large) - 1);
	assert_int_equal(pins(WIRE_PIN_CHANGE, MOCKED_PIN, "12"),
			 ERR_PIN_LENGTH);
	assert_int_equal(pins(WIRE_PIN_CHANGE, "12", NEW_PIN),
			 ERR_PIN_LENGTH);
	assert_int_equal(pins(WIRE_PIN_CHANGE, MOCKED_PIN, large),
			 ERR_PIN_LENGTH);
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, MOCKED_SO_PIN, "12"),
			 ERR_PIN_LENGTH);
	assert_int_equal(pins(WIRE_PIN_INIT, MOCKED_SO_PIN, "12"),
			 ERR_PIN_LENGTH);
	assert_int_equal(pins(WIRE_PIN_CHANGE, MOCKED_PIN, NULL), ERR_PROMPT);
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, NULL, NULL), ERR_PROMPT);
	assert_string_equal(mocked_story(), "");
	assert_int_equal(counter(0), 3);
	assert_int_equal(counter(1), 3);
	worker_end(&w);
}

static void test_unblock(void **state)
{
	counters("0\n", "3\n");
	assert_int_equal(tried(MOCKED_PIN), ERR_PIN_LOCKED);
	assert_int_equal(pins(WIRE_PIN_CHANGE, MOCKED_PIN, NEW_PIN),
			 ERR_PIN_LOCKED);
	assert_string_equal(mocked_story(), "");
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, MOCKED_SO_PIN, NEW_PIN), 0);
	/* Our read-only session does not stand in the officer's way. */
	assert_string_equal(mocked_story(), "CloseSession Login InitPIN "
			    "Logout CloseSession");
	assert_true((after.flags & CKF_USER_PIN_LOCKED) == 0);
	assert_int_equal(tried(NEW_PIN), 0);
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, MOCKED_SO_PIN, MOCKED_PIN), 0);
	assert_int_equal(tried(MOCKED_PIN), 0);
	worker_end(&w);
}

static void test_unblock_with_a_wrong_puk(void **state)
{
	counters("0\n", "2\n");
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, "00000000", NEW_PIN),
			 ERR_PIN_WRONG);
	assert_int_equal(counter(1), 1);
	assert_non_null(strstr(why.message, "one try is left"));
	assert_int_equal(mocked_count("C_InitPIN"), 0);
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, "00000000", NEW_PIN),
			 ERR_PIN_WRONG);
	assert_non_null(strstr(why.message, "locked now"));
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, MOCKED_SO_PIN, NEW_PIN),
			 ERR_PIN_LOCKED);
	assert_string_equal(mocked_story(), "");
	worker_end(&w);
}

/*
 * Where C_SetPIN takes a PUK as long as nobody is logged in, an old PIN is not
 * to be taken for one: each is presented to the counter that it belongs to.
 */
static void test_module_that_sets_by_puk(void **state)
{
	counters("3\n", "3\n");
	assert_int_equal(pins_by(WIRE_PIN_SETS_BY_PUK, WIRE_PIN_CHANGE,
				 MOCKED_PIN, NEW_PIN), 0);
	assert_string_equal(mocked_story(), "CloseSession Login SetPIN Logout "
			    "CloseSession");
	assert_int_equal(tried(NEW_PIN), 0);
	assert_int_equal(pins_by(WIRE_PIN_SETS_BY_PUK, WIRE_PIN_CHANGE,
				 MOCKED_PIN, NEW_PIN), ERR_PIN_WRONG);
	assert_int_equal(mocked_count("C_SetPIN"), 0);
	assert_int_equal(counter(0), 2);
	assert_int_equal(counter(1), 3);
	assert_int_equal(tried(NEW_PIN), 0);
	mocked_set("C_SetPIN return CKR_OK");
	assert_int_equal(pins_by(WIRE_PIN_SETS_BY_PUK, WIRE_PIN_UNBLOCK,
				 MOCKED_SO_PIN, MOCKED_PIN), 0);
	assert_string_equal(mocked_story(), "CloseSession SetPIN "
			    "CloseSession");
	mocked_set("");
	assert_int_equal(pins(WIRE_PIN_CHANGE, NEW_PIN, MOCKED_PIN), 0);
	worker_end(&w);
}

/* What follows uses the session, the login and the table of keys anew. */
static void test_kept_login_is_no_hindrance(void **state)
{
	struct wire_sign_req m;
	uint32_t made;
	int fd;

	mocked_start("");
	m = mocked_request("p256", WIRE_LOGIN_PIN, 1);
	m.flags = WIRE_SIGN_KEEP;
	fd = worker_pins(&w, token.token, 1);
	worker_type(fd, MOCKED_PIN);
	assert_int_equal(mocked_sign(&m, &made), 0);
	close(fd);
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, MOCKED_SO_PIN, MOCKED_PIN), 0);
	m.login = WIRE_LOGIN_NONE;
	assert_int_equal(mocked_sign(&m, &made), ERR_NOT_LOGGED_IN);
	assert_int_equal(tried(MOCKED_PIN), 0);
	worker_end(&w);
}

static void test_pad(void **state)
{
	struct wire_pin_req m = { .op = WIRE_PIN_UNBLOCK,
				  .login = WIRE_LOGIN_PAD };

	mocked_start("C_GetTokenInfo flags "
		     "+CKF_PROTECTED_AUTHENTICATION_PATH\n"
		     "C_Login return CKR_FUNCTION_CANCELED\n");
	m.token = token.token;
	assert_int_equal(ask(&m), ERR_DECLINED);
	mocked_set("");
	mocked_forget();
	assert_int_equal(ask(&m), ERR_IMPOSSIBLE);
	assert_string_equal(mocked_story(), "");
	worker_end(&w);
}

/* The slot that SoftHSM always has for one more token. */
static void find_empty(void)
{
	struct wire_token all[8];
	size_t n = worker_tokens(&w, all, ARRAY_LEN(all));

	for (size_t i = 0; i < n && i < ARRAY_LEN(all); i++)
		if ((all[i].flags & CKF_TOKEN_INITIALIZED) == 0) {
			token = all[i];
			return;
		}
	fail_msg("no empty slot");
}

static void test_initialise(void **state)
{
	char command[512];

	mocked_start("");
	find_empty();
	assert_int_equal(pins(WIRE_PIN_UNBLOCK, MOCKED_SO_PIN, NEW_PIN),
			 ERR_IMPOSSIBLE);
	assert_int_equal(pins(WIRE_PIN_INIT, MOCKED_SO_PIN, NEW_PIN), 0);
	assert_string_equal(mocked_story(), "CloseAllSessions InitToken "
			    "Login InitPIN Logout CloseSession");
	assert_int_equal(after.token, token.token);
	assert_string_equal(after.label, "Anew");
	assert_true((after.flags & CKF_TOKEN_INITIALIZED) != 0);
	assert_true((after.flags & CKF_USER_PIN_INITIALIZED) != 0);
	worker_end(&w);
	/* another program agrees */
	snprintf(command, sizeof(command), "pkcs11-tool --module %s "
		 "--token-label Anew --login --pin " NEW_PIN
		 " --keypairgen --key-type EC:prime256v1 --id 01 --label p256"
		 " >/dev/null 2>&1", worker_module);
	assert_int_equal(worker_run(command), 0);
}

static bool is_anew(struct wire_token *out)
{
	struct wire_token all[8];
	size_t n = worker_tokens(&w, all, ARRAY_LEN(all));

	for (size_t i = 0; i < n && i < ARRAY_LEN(all); i++)
		if (strcmp(all[i].label, "Anew") == 0) {
			*out = all[i];
			return true;
		}
	return false;
}

/* After test_initialise: it has a key, which a wrong SO-PIN does not remove. */
static void test_initialise_again(void **state)
{
	mocked_start("");
	assert_true(is_anew(&token));
	assert_int_equal(pins(WIRE_PIN_INIT, "00000000", MOCKED_PIN),
			 ERR_PIN_WRONG);
	assert_int_equal(mocked_count("C_InitPIN"), 0);
	assert_int_equal(tried(NEW_PIN), 0);
	assert_int_equal(pins(WIRE_PIN_INIT, MOCKED_SO_PIN, MOCKED_PIN), 0);
	worker_end(&w);
	mocked_start("");
	assert_true(is_anew(&token));
	assert_int_equal(worker_keys(&w, token.token, NULL, 0), 0);
	worker_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_change_with_a_wrong_pin),
		cmocka_unit_test(test_pins_that_are_none),
		cmocka_unit_test(test_unblock),
		cmocka_unit_test(test_unblock_with_a_wrong_puk),
		cmocka_unit_test(test_module_that_sets_by_puk),
		cmocka_unit_test(test_kept_login_is_no_hindrance),
		cmocka_unit_test(test_pad),
		cmocka_unit_test(test_initialise),
		cmocka_unit_test(test_initialise_again),
	};

	return cmocka_run_group_tests(tests, mocked_provision,
				      mocked_unprovision);
}
