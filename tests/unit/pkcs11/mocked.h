/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mocked: a signet-worker on signet-mock in front of private tokens, with the
 * calls it makes; for tests of what is called, in what order, and how often.
 */
#ifndef SIGNET_TEST_PKCS11_MOCKED_H
#define SIGNET_TEST_PKCS11_MOCKED_H

#include "tests/unit/pkcs11/worker.h"

#define MOCKED_PIN "648219"
#define MOCKED_SO_PIN "76543210"

static struct worker w;
static struct wire_token token;
static struct error why;
static char mocked_rules[128], mocked_log[128];
static char *mocked_module;

/* A file of this test's folder. */
static inline void mocked_put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static inline void mocked_set(const char *rules)
{
	char next[160];

	snprintf(next, sizeof(next), "%s.new", mocked_rules);
	mocked_put(next, rules);
	assert_int_equal(rename(next, mocked_rules), 0);
}

/*
 * Group setup.  "each" is a P-256 key with CKA_ALWAYS_AUTHENTICATE beside
 * those of the fixtures.
 */
static inline int mocked_provision(void **state)
{
	char command[1024], path[512], serial[64];

	if (worker_provision(state) != 0)
		return -1;
	worker_serial("test", serial);
	/* Two tokens have one label; SoftHSM makes the slot of the serial. */
	snprintf(command, sizeof(command), "pkcs11-tool --module %s --slot %lu"
		 " --login --pin " MOCKED_PIN " --keypairgen --key-type "
		 "EC:prime256v1 --always-auth --id ea --label each "
		 ">/dev/null 2>&1", worker_module,
		 strtoul(serial + 8, NULL, 16) & 0x7ffffffful);
	snprintf(path, sizeof(path), "%s/mock/signet-mock.so", worker_build());
	mocked_module = realpath(path, NULL);
	if (worker_run(command) != 0 || mocked_module == NULL)
		return -1;
	snprintf(mocked_rules, sizeof(mocked_rules), "%s/rules", worker_dir);
	snprintf(mocked_log, sizeof(mocked_log), "%s/log", worker_dir);
	setenv("SIGNET_MOCK_MODULE", worker_module, 1);
	setenv("SIGNET_MOCK_RULES", mocked_rules, 1);
	setenv("SIGNET_MOCK_LOG", mocked_log, 1);
	return 0;
}

static inline int mocked_unprovision(void **state)
{
	free(mocked_module);
	return worker_unprovision(state);
}

/* A worker with these rules; token is the one of the fixtures. */
static inline void mocked_start(const char *rules)
{
	mocked_set(rules);
	worker_start(&w);
	worker_hello(&w, mocked_module);
	token = worker_token(&w, "test");
	mocked_put(mocked_log, "");
}

static inline void mocked_forget(void)
{
	mocked_put(mocked_log, "");
}

/*
 * The calls since then, as " C_Login C_SignInit=CKR_X": answers other than
 * CKR_OK are told, effects are not.
 */
static inline const char *mocked_calls(void)
{
	static char text[16384];
	char line[256], name[128], rv[64];
	FILE *f = fopen(mocked_log, "re");
	size_t n = 0;

	assert_non_null(f);
	text[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%*d %127s CKR_%63s", name, rv) == 2 &&
		    n < sizeof(text) - 256)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      strcmp(rv, "OK") == 0 ? " %s" :
					      " %s=CKR_%s", name, rv);
	fclose(f);
	return text;
}

static inline unsigned mocked_count(const char *call)
{
	const char *at = mocked_calls();
	size_t len = strlen(call);
	unsigned n = 0;

	while ((at = strstr(at, call)) != NULL) {
		at += len;
		n += *at == ' ' || *at == '=' || *at == '\0';
	}
	return n;
}

static inline bool mocked_told(const char *word)
{
	static const char *const told[] = {
		"C_Login", "C_Logout", "C_SignInit", "C_Sign", "C_SetPIN",
		"C_InitPIN", "C_InitToken", "C_CloseSession",
		"C_CloseAllSessions",
	};
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (strlen(told[i]) == len &&
		    strncmp(told[i], word, len) == 0)
			return true;
	return false;
}

/* The calls that have to do with logins and signatures, in order. */
static inline const char *mocked_story(void)
{
	static char text[16384];
	char all[16384], *save = NULL, *word;
	size_t n = 0;

	snprintf(all, sizeof(all), "%s", mocked_calls());
	text[0] = '\0';
	for (word = strtok_r(all, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		if (mocked_told(word))
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%s%s", n == 0 ? "" : " ",
					      word + 2);
	return text;
}

/* --- signatures ---------------------------------------------------------- */

static inline void mocked_identity(const char *label, uint8_t *identity)
{
	static struct worker_key keys[32];
	size_t n = worker_keys(&w, token.token, keys, ARRAY_LEN(keys));

	for (size_t i = 0; i < n && i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].m.label, label) == 0) {
			memcpy(identity, keys[i].m.identity,
			       WIRE_KEY_IDENTITY);
			return;
		}
	fail_msg("no key %s", label);
}

/* A request of count ECDSA signatures over one digest. */
static inline struct wire_sign_req mocked_request(const char *label,
						  enum wire_login login,
						  uint32_t count)
{
	static struct wire_sign_item items[LIMIT_BATCH];
	struct wire_sign_req m = { .token = token.token, .login = login,
				   .deadline_ns = worker_deadline(),
				   .count = count, .items = items };

	for (uint32_t i = 0; i < count; i++)
		items[i] = (struct wire_sign_item){
			WIRE_ECDSA, WIRE_HASH_NONE,
			slice_str("0123456789abcdef0123456789abcdef")
		};
	mocked_identity(label, m.identity);
	return m;
}

/* Sends it and takes its answers: 0 or the failure's code; signed in *made. */
static inline int mocked_sign(const struct wire_sign_req *m, uint32_t *made)
{
	uint32_t id = worker_ask_sign(&w, m);
	struct wire_frame frame;
	struct wire_sign_rep rep;
	struct error e;

	for (*made = 0;; ++*made) {
		assert_int_equal(worker_receive(&w, &frame), 1);
		assert_int_equal(frame.id, id);
		assert_int_equal(frame.type, WIRE_SIGN);
		if (frame.kind == WIRE_FAIL)
			break;
		assert_int_equal(wire_sign_rep_get(frame.body, &rep, &e), 0);
		assert_int_equal(rep.signature.len, 64);
		if (frame.kind == WIRE_REP) {
			++*made;
			assert_int_equal(*made, m->count);
			return 0;
		}
	}
	assert_int_equal(wire_fault_get(frame.body, &why, &e), 0);
	return why.code;
}

#endif
