/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_checkpoint: the key of checkpoints is made once, for its user only; what
 * it signs verifies with its public key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "evidence/checkpoint.h"

static char folder[32], path[64];

static int setup(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/signet.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/a/key", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct checkpoint_key *opened(void)
{
	struct checkpoint_key *k = NULL;
	struct error e;

	if (checkpoint_key_open(path, &k, &e) != 0)
		fail_msg("%s", e.message);
	return k;
}

static void refused(const char *why)
{
	struct checkpoint_key *k = NULL;
	struct error e;

	assert_int_equal(checkpoint_key_open(path, &k, &e), ERR_NOT_DURABLE);
	assert_null(k);
	if (strstr(e.message, why) == NULL)
		fail_msg("%s", e.message);
}

/* --- the key -------------------------------------------------------------- */

static void it_is_made_once_and_for_its_user(void **state)
{
	struct checkpoint_key *k = opened(), *again;
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	again = opened();
	assert_true(slice_equal(checkpoint_key_public(k),
				checkpoint_key_public(again)));
	checkpoint_key_close(k);
	checkpoint_key_close(again);
}

/* Half a key, of a crash while it was made. */
static void what_a_crash_left_is_no_hindrance(void **state)
{
	char made[80];
	FILE *file;

	checkpoint_key_close(opened());
	assert_int_equal(unlink(path), 0);
	snprintf(made, sizeof(made), "%s.new", path);
	file = fopen(made, "we");
	assert_non_null(file);
	fputs("-----BEGIN PRIV", file);
	fclose(file);
	checkpoint_key_close(opened());
	assert_int_equal(access(made, F_OK), -1);
}

static void others_may_not_have_it(void **state)
{
	checkpoint_key_close(opened());
	assert_int_equal(chmod(path, 0640), 0);
	refused("chmod 600");
	assert_int_equal(chmod(path, 0600), 0);
	checkpoint_key_close(opened());
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 65534, 65534), 0);
	refused("not a file of this user");
}

static void write_key(EVP_PKEY *key)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
					      NULL), 1);
	fclose(file);
	EVP_PKEY_free(key);
}

static void it_is_an_ed25519_key(void **state)
{
	checkpoint_key_close(opened());
	write_key(EVP_EC_gen("P-256"));
	refused("no Ed25519 key");
	assert_int_equal(truncate(path, 0), 0);
	refused("no Ed25519 key");
	/* One that was made elsewhere is as good. */
	write_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	checkpoint_key_close(opened());
}

static void it_is_no_link(void **state)
{
	char moved[80];

	checkpoint_key_close(opened());
	snprintf(moved, sizeof(moved), "%s.moved", path);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
	refused(path);
}

/* --- what it signs -------------------------------------------------------- */

static const struct chain head = { .sequence = 2000, .hash = { 0xab } };
static const struct store_checkpoint last = { .number = 2, .hash = { 0xcd } };

static void the_statement_is_canonical(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 4096 };
	char want[512], zeros[63];

	memset(zeros, '0', sizeof(zeros) - 1);
	zeros[sizeof(zeros) - 1] = '\0';
	checkpoint_statement(&last, &head, slice_str("key"), NULL,
			     "2026-11-24T09:30:00.123Z", &out);
	snprintf(want, sizeof(want), "{\"checkpoint\":3,\"hash\":\"ab%s\","
		 "\"key\":\"a2V5\",\"previous\":\"cd%s\",\"sequence\":2000,"
		 "\"time\":\"2026-11-24T09:30:00.123Z\"}", zeros, zeros);
	assert_string_equal(buf_text(&out), want);
	buf_reset(&out);
	checkpoint_statement(&last, &head, slice_str("key"), "ES256", "t",
			     &out);
	assert_memory_equal(out.ptr, "{\"algorithm\":\"ES256\",\"checkpoint\"",
			    33);
}

static int verifies(struct slice public, struct slice text,
		    const struct buf *signature)
{
	const unsigned char *at = public.ptr;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)public.len);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int good;

	assert_non_null(key);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key), 1);
	good = EVP_DigestVerify(ctx, signature->ptr, signature->len, text.ptr,
				text.len);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good == 1;
}

static void the_signature_verifies(void **state)
{
	struct buf signature AUTO(buf_fini) = { .max = 64 };
	struct checkpoint_key *k = opened();
	struct error e;

	assert_int_equal(checkpoint_sign(k, slice_str("{}"), &signature, &e),
			 0);
	assert_int_equal(signature.len, 64);
	assert_true(verifies(checkpoint_key_public(k), slice_str("{}"),
			     &signature));
	assert_false(verifies(checkpoint_key_public(k), slice_str("{ }"),
			      &signature));
	/* No room is an error. */
	assert_int_equal(checkpoint_sign(k, slice_str("{}"), &signature, &e),
			 ERR_CRYPTO);
	checkpoint_key_close(k);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_is_made_once_and_for_its_user),
		TEST(what_a_crash_left_is_no_hindrance),
		TEST(others_may_not_have_it),
		TEST(it_is_an_ed25519_key),
		TEST(it_is_no_link),
		TEST(the_statement_is_canonical),
		TEST(the_signature_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
