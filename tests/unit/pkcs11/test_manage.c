/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manage: keys are made and certificates brought, and no try of a PIN is
 * spent that need not be.
 */
#include "tests/unit/pkcs11/mocked.h"

#include <p11-kit/pkcs11.h>

#include "wire/manage.h"

static uint8_t spki[LIMIT_SPKI];
static size_t spki_len;

static int ask(const struct wire_manage_req *m)
{
	uint32_t id = WORKER_REQUEST(&w, WIRE_MANAGE,
				     wire_manage_req_put(&worker_out, m));
	struct wire_manage_rep rep;
	struct wire_frame frame;
	struct error e;

	assert_int_equal(worker_receive(&w, &frame), 1);
	assert_int_equal(frame.id, id);
	if (frame.kind == WIRE_FAIL) {
		assert_int_equal(wire_fault_get(frame.body, &why, &e), 0);
		return why.code;
	}
	assert_int_equal(frame.kind, WIRE_REP);
	assert_int_equal(wire_manage_rep_get(frame.body, &rep, &e), 0);
	memcpy(spki, rep.spki.ptr, rep.spki.len);
	spki_len = rep.spki.len;
	return 0;
}

/* With this PIN; NULL: the socket is closed before. */
static int manage(enum wire_manage_op op, const char *pin, const char *id,
		  const char *certificate)
{
	struct wire_manage_req m = {
		.token = token.token,
		.op = op,
		.login = WIRE_LOGIN_PIN,
		.id = slice_str(id),
		.certificate = slice_str(certificate),
	};
	int fd = worker_pins(&w, token.token, 1), r;

	mocked_forget();
	if (pin != NULL)
		worker_type(fd, pin);
	shutdown(fd, SHUT_WR);
	r = ask(&m);
	close(fd);
	return r;
}

/* How many keys the token has now. */
static size_t keys(void)
{
	return worker_keys(&w, token.token, NULL, 0);
}

static void test_generate(void **state)
{
	size_t before;

	mocked_start("");
	before = keys();
	assert_int_equal(manage(WIRE_MANAGE_P256, MOCKED_PIN, "\x61", ""), 0);
	/* RFC 5480: a P-256 key has 91 bytes. */
	assert_int_equal(spki_len, 91);
	assert_int_equal(mocked_count("C_Login"), 1);
	assert_int_equal(mocked_count("C_Logout"), 1);
	/* The table of keys is made anew. */
	assert_int_equal(keys(), before + 1);
	assert_int_equal(manage(WIRE_MANAGE_RSA2048, MOCKED_PIN, "\x62", ""),
			 0);
	assert_true(spki_len > 256);
	assert_int_equal(keys(), before + 2);
	worker_end(&w);
}

static void test_wrong_pin_makes_nothing(void **state)
{
	char rules[256], path[128];

	snprintf(path, sizeof(path), "%s/tries", worker_dir);
	mocked_put(path, "3\n");
	snprintf(rules, sizeof(rules), "* where token-label \"Signet Test\" "
		 "pin-counter 3 \"%s\"\n", path);
	mocked_start(rules);
	assert_int_equal(manage(WIRE_MANAGE_P256, "000000", "\x63", ""),
			 ERR_PIN_WRONG);
	assert_int_equal(mocked_count("C_Login"), 1);
	assert_int_equal(mocked_count("C_GenerateKeyPair"), 0);
	assert_non_null(strstr(why.message, "few tries are left"));
	mocked_put(path, "0\n");
	assert_int_equal(manage(WIRE_MANAGE_P256, MOCKED_PIN, "\x63", ""),
			 ERR_PIN_LOCKED);
	assert_int_equal(mocked_count("C_Login"), 0);
	worker_end(&w);
}

/* Whatever can be wrong before the PIN is at stake is found then. */
static void test_nothing_is_tried(void **state)
{
	mocked_start("");
	assert_int_equal(manage(WIRE_MANAGE_P256, NULL, "\x63", ""),
			 ERR_PROMPT);
	assert_int_equal(manage(WIRE_MANAGE_P256, "12", "\x63", ""),
			 ERR_PIN_LENGTH);
	assert_int_equal(manage(WIRE_MANAGE_CERTIFICATE, MOCKED_PIN, "\x63",
				"no certificate"), ERR_BAD_CERTIFICATE);
	assert_string_equal(mocked_story(), "");
	worker_end(&w);
}

/* The login ends also when the module refuses. */
static void test_refused_by_the_module(void **state)
{
	mocked_start("C_GenerateKeyPair return CKR_FUNCTION_NOT_SUPPORTED\n");
	assert_int_not_equal(manage(WIRE_MANAGE_P256, MOCKED_PIN, "\x63", ""),
			     0);
	assert_int_equal(mocked_count("C_GenerateKeyPair"), 1);
	assert_int_equal(mocked_count("C_Logout"), 1);
	worker_end(&w);
}

static void test_pad(void **state)
{
	struct wire_manage_req m = { .op = WIRE_MANAGE_P256,
				     .login = WIRE_LOGIN_PAD,
				     .id = slice_str("\x63") };

	mocked_start("C_GetTokenInfo flags "
		     "+CKF_PROTECTED_AUTHENTICATION_PATH\n"
		     "C_Login return CKR_FUNCTION_CANCELED\n");
	m.token = token.token;
	assert_int_equal(ask(&m), ERR_DECLINED);
	mocked_set("");
	mocked_forget();
	assert_int_equal(ask(&m), ERR_IMPOSSIBLE);
	assert_int_equal(mocked_count("C_Login"), 0);
	worker_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generate),
		cmocka_unit_test(test_wrong_pin_makes_nothing),
		cmocka_unit_test(test_nothing_is_tried),
		cmocka_unit_test(test_refused_by_the_module),
		cmocka_unit_test(test_pad),
	};

	return cmocka_run_group_tests(tests, mocked_provision,
				      mocked_unprovision);
}
