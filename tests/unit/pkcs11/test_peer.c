/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_peer: a signet-worker whose peer breaks the protocol leaves, and does
 * nothing else; one whose module misbehaves answers with a typed error.
 */
#include "tests/unit/pkcs11/worker.h"

#include <p11-kit/pkcs11.h>

#define BROKEN 3
#define START 1

static struct worker w;
static struct error why;
static char *mock, rules[128];

static int setup(void **state)
{
	char module[512];

	if (worker_provision(state) != 0)
		return -1;
	snprintf(module, sizeof(module), "%s/mock/signet-mock.so",
		 worker_build());
	mock = realpath(module, NULL);
	if (mock == NULL)
		return -1;
	snprintf(rules, sizeof(rules), "%s/rules", worker_dir);
	setenv("SIGNET_MOCK_MODULE", worker_module, 1);
	setenv("SIGNET_MOCK_RULES", rules, 1);
	return 0;
}

/* The worker leaves with a status, and sends nothing more. */
static void leaves(int status)
{
	struct wire_frame frame;

	assert_int_equal(worker_receive(&w, &frame), 0);
	close(w.fd);
	buf_fini(&w.in);
	assert_int_equal(worker_wait(&w), status);
}

static int teardown(void **state)
{
	free(mock);
	return worker_unprovision(state);
}

static void bytes_end_it(const char *bytes, size_t len)
{
	worker_start(&w);
	worker_hello(&w, worker_module);
	worker_write(&w, slice_of(bytes, len));
	leaves(BROKEN);
}

static void test_frames_that_lie(void **state)
{
	/* length below a head, above the limit; type, kind, zero */
	bytes_end_it("\0\0\0\7", 4);
	bytes_end_it("\xff\xff\xff\xff", 4);
	bytes_end_it("\0\0\0\10\0\143\1\0\0\0\0\1", 12);
	bytes_end_it("\0\0\0\10\0\2\11\0\0\0\0\1", 12);
	bytes_end_it("\0\0\0\10\0\2\1\1\0\0\0\1", 12);
	/* a request that is an answer, a body too short, one too long */
	bytes_end_it("\0\0\0\10\0\2\3\0\0\0\0\1", 12);
	bytes_end_it("\0\0\0\11\0\4\1\0\0\0\0\1\0", 13);
	bytes_end_it("\0\0\0\11\0\2\1\0\0\0\0\1\0", 13);
}

static void test_not_legal_now(void **state)
{
	worker_start(&w);
	WORKER_REQUEST(&w, WIRE_TOKENS, (void)0);
	leaves(BROKEN);
	worker_start(&w);
	worker_hello(&w, worker_module);
	worker_ask_hello(&w, worker_module);
	leaves(BROKEN);
}

/* What was asked before the lie is answered. */
static void test_answers_before_a_lie(void **state)
{
	uint32_t id;

	worker_start(&w);
	worker_hello(&w, worker_module);
	id = worker_ask_keys(&w, 77);
	worker_write(&w, slice_of("\0\0\0\0", 4));
	assert_int_equal(worker_failure(&w, id, WIRE_KEYS, &why),
			 ERR_NO_SUCH_TOKEN);
	leaves(BROKEN);
}

static void test_byte_by_byte(void **state)
{
	static const char request[] = "\0\0\0\10\0\2\1\0\0\0\0\11";
	struct wire_frame frame;

	worker_start(&w);
	worker_hello(&w, worker_module);
	for (size_t i = 0; i < 12; i++) {
		worker_write(&w, slice_of(request + i, 1));
		usleep(500);
	}
	do
		assert_int_equal(worker_receive(&w, &frame), 1);
	while (frame.kind == WIRE_MORE);
	assert_int_equal(frame.kind, WIRE_REP);
	assert_int_equal(frame.id, 9);
	worker_end(&w);
}

static void test_another_version(void **state)
{
	struct wire_hello_req m = { .version = WIRE_VERSION + 1,
				    .module = "/none.so", .name = "soft" };
	uint32_t id;

	worker_start(&w);
	id = WORKER_REQUEST(&w, WIRE_HELLO,
			    wire_hello_req_put(&worker_out, &m));
	assert_int_equal(worker_failure(&w, id, WIRE_HELLO, &why),
			 ERR_PROTOCOL);
	leaves(START);
}

static void test_half_a_request_then_close(void **state)
{
	worker_start(&w);
	worker_hello(&w, worker_module);
	worker_write(&w, slice_of("\0\0\0\10\0", 5));
	worker_end(&w);
}

/* By rename: the mock sees the change even within a tick of the clock. */
static void set_rules(const char *text)
{
	char next[160];
	FILE *f;

	snprintf(next, sizeof(next), "%s.next", rules);
	f = fopen(next, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(rename(next, rules), 0);
}

/* A worker on the mock with these rules does not get beyond HELLO. */
static void no_start(const char *text)
{
	uint32_t id;

	set_rules(text);
	worker_start(&w);
	id = worker_ask_hello(&w, mock);
	assert_int_equal(worker_failure(&w, id, WIRE_HELLO, &why),
			 ERR_MODULE_LOAD);
	assert_non_null(strstr(why.message, "soft"));
	leaves(START);
}

static void test_module_that_does_not_start(void **state)
{
	no_start("C_Initialize return CKR_DEVICE_ERROR\n");
	assert_int_equal(why.ckr, CKR_DEVICE_ERROR);
	no_start("C_GetFunctionList return CKR_GENERAL_ERROR\n");
	no_start("C_GetInfo return CKR_FUNCTION_FAILED\n");
}

/* Other forms of arguments are tried before a module is given up. */
static void test_module_that_wants_no_callbacks(void **state)
{
	set_rules("C_Initialize nth 1 return CKR_CANT_LOCK\n");
	worker_start(&w);
	worker_hello(&w, mock);
	worker_end(&w);
	set_rules("C_Initialize nth 1 return CKR_CANT_LOCK\n"
		  "C_Initialize nth 2 return CKR_ARGUMENTS_BAD\n");
	worker_start(&w);
	worker_hello(&w, mock);
	worker_end(&w);
}

static struct wire_token mock_start(const char *text)
{
	struct wire_token t;

	set_rules("");
	worker_start(&w);
	worker_hello(&w, mock);
	t = worker_token(&w, "test");
	worker_login(&w, t.token);
	set_rules(text);
	return t;
}

static void keys_fail(const char *text, int code)
{
	struct wire_token t = mock_start(text);
	uint32_t id = worker_ask_keys(&w, t.token);

	assert_int_equal(worker_failure(&w, id, WIRE_KEYS, &why), code);
	assert_non_null(strstr(why.message, "soft"));
	worker_end(&w);
}

static void test_objects_that_lie(void **state)
{
	keys_fail("C_FindObjects huge-list 1000\n", ERR_MODULE);
	keys_fail("C_FindObjects endless-list\n", ERR_MODULE);
	keys_fail("C_GetAttributeValue wrong-length +100000\n", ERR_MODULE);
	keys_fail("C_FindObjectsInit return CKR_DEVICE_REMOVED\n",
		  ERR_TOKEN_GONE);
}

static void sign_fails(const char *text, int code)
{
	static struct worker_key keys[32];
	const struct wire_sign_item item = {
		.mechanism = WIRE_ECDSA,
		.data = slice_str("0123456789abcdef0123456789abcdef"),
	};
	struct wire_sign_req m = { .count = 1, .items = &item };
	struct wire_token t = mock_start("");
	size_t n = worker_keys(&w, t.token, keys, ARRAY_LEN(keys));

	for (size_t i = 0; i < n && i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].m.label, "p256") == 0)
			memcpy(m.identity, keys[i].m.identity,
			       sizeof(m.identity));
	m.token = t.token;
	m.deadline_ns = worker_deadline();
	set_rules(text);
	assert_int_equal(worker_failure(&w, worker_ask_sign(&w, &m), WIRE_SIGN,
					&why), code);
	worker_end(&w);
}

static void test_signatures_that_fail(void **state)
{
	sign_fails("C_Sign wrong-length 63\n", ERR_MODULE);
	sign_fails("C_Sign wrong-length +100000\n", ERR_MODULE);
	sign_fails("C_Sign return CKR_DEVICE_ERROR\n", ERR_TOKEN_GONE);
	assert_string_equal(why.where, "C_Sign soft");
	sign_fails("C_Sign return CKR_GENERAL_ERROR\n", ERR_MODULE);
	sign_fails("C_Sign return CKR_GENERAL_ERROR\n"
		   "C_GetTokenInfo return CKR_TOKEN_NOT_PRESENT\n",
		   ERR_TOKEN_GONE);
	sign_fails("C_Sign return CKR_USER_NOT_LOGGED_IN\n",
		   ERR_NOT_LOGGED_IN);
	sign_fails("C_SignInit return CKR_SESSION_HANDLE_INVALID\n",
		   ERR_TOKEN_GONE);
	sign_fails("C_SignInit return CKR_KEY_HANDLE_INVALID\n",
		   ERR_NO_SUCH_KEY);
}

static void test_slots_that_lie(void **state)
{
	struct wire_token tokens[8];
	uint32_t id;

	set_rules("C_GetSlotList huge-list 100000\n");
	worker_start(&w);
	worker_hello(&w, mock);
	id = WORKER_REQUEST(&w, WIRE_TOKENS, (void)0);
	assert_int_equal(worker_failure(&w, id, WIRE_TOKENS, &why),
			 ERR_MODULE);
	/* One slot that fails does not hide the others. */
	set_rules("C_GetTokenInfo nth 1 return CKR_TOKEN_NOT_RECOGNIZED\n");
	assert_int_equal(worker_tokens(&w, tokens, ARRAY_LEN(tokens)), 2);
	worker_end(&w);
}

/* No C_Login at all where the flags say that nobody may try. */
static void test_final_try(void **state)
{
	struct wire_token t;
	char pin[128];

	set_rules("C_GetTokenInfo flags +CKF_USER_PIN_FINAL_TRY\n"
		  "C_Login crash\n");
	worker_start(&w);
	worker_hello(&w, mock);
	t = worker_token(&w, "test");
	worker_path(pin, sizeof(pin), "pin");
	assert_int_equal(worker_failure(&w, worker_ask_login(&w, t.token, pin),
					WIRE_LOGIN, &why), ERR_PIN_SOURCE);
	worker_end(&w);
}

/* The end of the worker is seen although a child of the module lives on. */
static void test_module_that_forks(void **state)
{
	struct wire_token t = mock_start("C_FindObjectsInit nth 1 fork 8\n");
	static struct worker_key keys[32];
	int64_t begun;

	assert_true(worker_keys(&w, t.token, keys, ARRAY_LEN(keys)) > 0);
	begun = clock_mono_ns();
	kill(w.pid, SIGKILL);
	leaves(256 + SIGKILL);
	assert_true(clock_mono_ns() - begun < 4 * CLOCK_NS_PER_S);
}

static void test_module_that_prints(void **state)
{
	struct wire_token t = mock_start("C_FindObjectsInit stdout \"text\"\n");
	static struct worker_key keys[32];

	assert_true(worker_keys(&w, t.token, keys, ARRAY_LEN(keys)) > 0);
	worker_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_that_lie),
		cmocka_unit_test(test_not_legal_now),
		cmocka_unit_test(test_answers_before_a_lie),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_another_version),
		cmocka_unit_test(test_half_a_request_then_close),
		cmocka_unit_test(test_module_that_does_not_start),
		cmocka_unit_test(test_module_that_wants_no_callbacks),
		cmocka_unit_test(test_slots_that_lie),
		cmocka_unit_test(test_objects_that_lie),
		cmocka_unit_test(test_signatures_that_fail),
		cmocka_unit_test(test_final_try),
		cmocka_unit_test(test_module_that_forks),
		cmocka_unit_test(test_module_that_prints),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
