/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker: a real signet-worker with SoftHSM: tokens, login, keys, and a
 * signature by every mechanism that OpenSSL verifies.
 */
#include "tests/unit/pkcs11/worker.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <p11-kit/pkcs11.h>
#include <sys/stat.h>

#define KEYS_MAX 32

static struct worker w;
static struct wire_token token;
static struct worker_key keys[KEYS_MAX];
static size_t key_count;
static struct error why;

static int start(void **state)
{
	worker_start(&w);
	worker_hello(&w, worker_module);
	token = worker_token(&w, "test");
	error_clear(&why);
	return 0;
}

static int start_logged_in(void **state)
{
	start(state);
	worker_login(&w, token.token);
	key_count = worker_keys(&w, token.token, keys, KEYS_MAX);
	assert_true(key_count <= KEYS_MAX);
	return 0;
}

static int end(void **state)
{
	worker_end(&w);
	return 0;
}

static struct worker_key *key_named(const char *label)
{
	for (size_t i = 0; i < key_count; i++)
		if (strcmp(keys[i].m.label, label) == 0)
			return &keys[i];
	fail_msg("no key %s", label);
	return &keys[0];
}

static void test_token(void **state)
{
	assert_string_equal(token.label, "Signet Test");
	assert_string_equal(token.manufacturer, "SoftHSM project");
	assert_true(token.flags & CKF_LOGIN_REQUIRED);
	assert_true(token.flags & CKF_TOKEN_INITIALIZED);
	assert_int_equal(token.min_pin_len, 4);
}

static void test_keys(void **state)
{
	static const struct {
		const char *label;
		enum wire_key_type type;
		uint32_t bits;
		const char *curve;
		bool certified;
	} rows[] = {
		{ "rsa2048", WIRE_KEY_RSA, 2048, "", true },
		{ "rsa3072", WIRE_KEY_RSA, 3072, "", true },
		{ "p256", WIRE_KEY_EC, 256, "P-256", true },
		{ "p384", WIRE_KEY_EC, 384, "P-384", true },
		{ "ed25519", WIRE_KEY_ED, 256, "Ed25519", true },
		{ "nocert", WIRE_KEY_EC, 256, "P-256", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct wire_key *k = &key_named(rows[i].label)->m;

		assert_int_equal(k->type, rows[i].type);
		assert_int_equal(k->bits, rows[i].bits);
		assert_string_equal(k->curve, rows[i].curve);
		assert_int_equal(k->flags, WIRE_KEY_SIGN);
		assert_true((k->certificate.len > 0) == rows[i].certified);
	}
}

/* The identity is that of the SPKI, and of the certificate's where it has. */
static void test_identities(void **state)
{
	for (size_t i = 0; i < key_count; i++) {
		const struct wire_key *k = &keys[i].m;
		const uint8_t *at = k->certificate.ptr;
		uint8_t hash[32], *der = NULL;
		X509 *x;
		int n;

		assert_int_equal(EVP_Digest(k->spki.ptr, k->spki.len, hash,
					    NULL, EVP_sha256(), NULL), 1);
		assert_memory_equal(hash, k->identity, sizeof(hash));
		if (k->certificate.len == 0)
			continue;
		x = d2i_X509(NULL, &at, (long)k->certificate.len);
		assert_non_null(x);
		n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
		assert_true(slice_equal(slice_of(der, (size_t)n), k->spki));
		OPENSSL_free(der);
		X509_free(x);
	}
}

/* The table is the same the second time, which asks the module nothing. */
static void test_keys_again(void **state)
{
	static struct worker_key again[KEYS_MAX];

	assert_int_equal(worker_keys(&w, token.token, again, KEYS_MAX),
			 key_count);
	for (size_t i = 0; i < key_count; i++)
		assert_memory_equal(again[i].m.identity, keys[i].m.identity,
				    WIRE_KEY_IDENTITY);
}

static struct wire_sign_req request(const char *label,
				    enum wire_mechanism mechanism,
				    enum wire_hash hash, struct slice data)
{
	/* One at a time: the request borrows it. */
	static struct wire_sign_item item;
	struct wire_sign_req m = { .token = token.token, .count = 1,
				   .deadline_ns = worker_deadline(),
				   .items = &item };

	item = (struct wire_sign_item){ mechanism, hash, data };
	memcpy(m.identity, key_named(label)->m.identity, sizeof(m.identity));
	return m;
}

static size_t sign(const char *label, enum wire_mechanism mechanism,
		   enum wire_hash hash, struct slice data, uint8_t *out)
{
	struct wire_sign_req m = request(label, mechanism, hash, data);
	struct wire_frame frame;
	struct wire_sign_rep rep;
	struct error e;

	worker_answer(&w, worker_ask_sign(&w, &m), WIRE_SIGN, WIRE_REP,
		      &frame);
	assert_int_equal(wire_sign_rep_get(frame.body, &rep, &e), 0);
	memcpy(out, rep.signature.ptr, rep.signature.len);
	return rep.signature.len;
}

static EVP_PKEY *public_of(const char *label)
{
	const struct wire_key *k = &key_named(label)->m;
	const uint8_t *at = k->spki.ptr;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)k->spki.len);

	assert_non_null(key);
	return key;
}

static const char message[] = "a payment of 1234.00 CNY";
#define MESSAGE_LEN (sizeof(message) - 1)

/* Verifies a signature over the message with OpenSSL. */
static void verify(const char *label, const char *hash, int padding,
		   struct slice signature)
{
	EVP_PKEY *key = public_of(label);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;

	assert_int_equal(EVP_DigestVerifyInit_ex(ctx, &pctx, hash, NULL, NULL,
						 key, NULL), 1);
	if (padding != 0)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(pctx, padding),
				 1);
	if (padding == RSA_PKCS1_PSS_PADDING)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(
					 pctx, RSA_PSS_SALTLEN_DIGEST), 1);
	assert_int_equal(EVP_DigestVerify(ctx, signature.ptr, signature.len,
					  (const uint8_t *)message,
					  MESSAGE_LEN), 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static struct slice digest_of(const char *hash, uint8_t *out)
{
	size_t len = 0;

	assert_int_equal(EVP_Q_digest(NULL, hash, NULL, message, MESSAGE_LEN,
				      out, &len), 1);
	return slice_of(out, len);
}

static void test_sign_pkcs1(void **state)
{
	/* DigestInfo of SHA-256 (RFC 8017 9.2, note 1). */
	uint8_t info[51] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
			     0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			     0x01, 0x05, 0x00, 0x04, 0x20 };
	uint8_t out[LIMIT_SIGNATURE];
	size_t len;

	digest_of("SHA256", info + 19);
	len = sign("rsa2048", WIRE_RSA_PKCS, WIRE_HASH_NONE,
		   slice_of(info, sizeof(info)), out);
	verify("rsa2048", "SHA256", RSA_PKCS1_PADDING, slice_of(out, len));
}

static void test_sign_pss(void **state)
{
	static const struct {
		const char *key, *name;
		enum wire_hash hash;
	} rows[] = {
		{ "rsa2048", "SHA256", WIRE_SHA256 },
		{ "rsa3072", "SHA384", WIRE_SHA384 },
		{ "rsa3072", "SHA512", WIRE_SHA512 },
	};
	uint8_t digest[64], out[LIMIT_SIGNATURE];
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		len = sign(rows[i].key, WIRE_RSA_PSS, rows[i].hash,
			   digest_of(rows[i].name, digest), out);
		verify(rows[i].key, rows[i].name, RSA_PKCS1_PSS_PADDING,
		       slice_of(out, len));
	}
}

/* r and s of half the length each, as DER for OpenSSL. */
static void verify_ecdsa(const char *label, const char *hash,
			 const uint8_t *rs, size_t len)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int n;

	ECDSA_SIG_set0(sig, BN_bin2bn(rs, (int)len / 2, NULL),
		       BN_bin2bn(rs + len / 2, (int)len / 2, NULL));
	n = i2d_ECDSA_SIG(sig, &der);
	assert_true(n > 0);
	verify(label, hash, 0, slice_of(der, (size_t)n));
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
}

static void test_sign_ecdsa(void **state)
{
	uint8_t digest[64], out[LIMIT_SIGNATURE];
	size_t len;

	len = sign("p256", WIRE_ECDSA, WIRE_HASH_NONE,
		   digest_of("SHA256", digest), out);
	assert_int_equal(len, 64);
	verify_ecdsa("p256", "SHA256", out, len);
	len = sign("p384", WIRE_ECDSA, WIRE_HASH_NONE,
		   digest_of("SHA384", digest), out);
	assert_int_equal(len, 96);
	verify_ecdsa("p384", "SHA384", out, len);
}

static void test_sign_ed25519(void **state)
{
	uint8_t out[LIMIT_SIGNATURE];
	size_t len = sign("ed25519", WIRE_EDDSA, WIRE_HASH_NONE,
			  slice_of(message, MESSAGE_LEN), out);

	assert_int_equal(len, 64);
	verify("ed25519", NULL, 0, slice_of(out, len));
}

/* Requests that are there together are answered in order, each with its id. */
static void test_pipelined(void **state)
{
	uint8_t digest[64];
	struct slice data = digest_of("SHA256", digest);
	struct wire_sign_req m = request("p256", WIRE_ECDSA, 0, data);
	struct wire_sign_rep rep;
	struct wire_frame frame;
	uint32_t first = w.next_id;
	struct error e;

	for (int i = 0; i < 200; i++)
		worker_ask_sign(&w, &m);
	for (uint32_t i = 0; i < 200; i++) {
		worker_answer(&w, first + i, WIRE_SIGN, WIRE_REP, &frame);
		assert_int_equal(wire_sign_rep_get(frame.body, &rep, &e), 0);
		verify_ecdsa("p256", "SHA256", rep.signature.ptr,
			     rep.signature.len);
	}
}

static int refused(const struct wire_sign_req *m)
{
	return worker_failure(&w, worker_ask_sign(&w, m), WIRE_SIGN, &why);
}

static void test_refusals(void **state)
{
	uint8_t digest[64];
	struct slice data = digest_of("SHA256", digest);
	struct wire_sign_req m = request("p256", WIRE_ECDSA, 0, data);

	m.deadline_ns = clock_mono_ns() - 1;
	assert_int_equal(refused(&m), ERR_DEADLINE);
	m = request("p256", WIRE_RSA_PKCS, 0, data);
	assert_int_equal(refused(&m), ERR_IMPOSSIBLE);
	m = request("p256", WIRE_ECDSA, 0, data);
	m.identity[0] ^= 1;
	assert_int_equal(refused(&m), ERR_NO_SUCH_KEY);
	m = request("p256", WIRE_ECDSA, 0, data);
	m.token = 63;
	assert_int_equal(refused(&m), ERR_NO_SUCH_TOKEN);
	/* None of these has left anything behind. */
	test_sign_ecdsa(state);
}

static void test_logout(void **state)
{
	uint8_t digest[64];
	struct wire_sign_req m = request("p256", WIRE_ECDSA, 0,
					 digest_of("SHA256", digest));
	struct wire_logout_req out = { .token = token.token };
	struct wire_frame frame;

	for (int i = 0; i < 2; i++) {
		uint32_t id = WORKER_REQUEST(&w, WIRE_LOGOUT,
			wire_logout_req_put(&worker_out, &out));

		worker_answer(&w, id, WIRE_LOGOUT, WIRE_REP, &frame);
	}
	assert_int_equal(refused(&m), ERR_NOT_LOGGED_IN);
	worker_login(&w, token.token);
	test_sign_ecdsa(state);
}

/* What public keys and certificates show, before anybody logged in. */
static void test_keys_without_login(void **state)
{
	uint8_t digest[64];
	struct wire_sign_req m;

	key_count = worker_keys(&w, token.token, keys, KEYS_MAX);
	assert_int_equal(key_named("p256")->m.flags, WIRE_KEY_SIGN);
	assert_true(key_named("p256")->m.certificate.len > 0);
	m = request("p256", WIRE_ECDSA, 0, digest_of("SHA256", digest));
	assert_int_equal(refused(&m), ERR_NOT_LOGGED_IN);
}

static int login_fails(const char *pin, mode_t mode)
{
	char path[128];
	FILE *f;

	worker_path(path, sizeof(path), "other-pin");
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(pin, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return worker_failure(&w, worker_ask_login(&w, token.token, path),
			      WIRE_LOGIN, &why);
}

static void test_login_failures(void **state)
{
	assert_int_equal(login_fails("000000\n", 0600), ERR_PIN_WRONG);
	assert_int_equal(why.ckr, CKR_PIN_INCORRECT);
	assert_null(strstr(why.message, "000000"));
	assert_int_equal(login_fails("12\n", 0600), ERR_PIN_LENGTH);
	assert_int_equal(why.ckr, ERROR_NO_CKR);
	assert_int_equal(login_fails("000000\n", 0640), ERR_PIN_SOURCE);
	worker_login(&w, token.token);
	/* A second login is no failure. */
	worker_login(&w, token.token);
}

#define TEST(t, s) cmocka_unit_test_setup_teardown(t, s, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_token, start),
		TEST(test_keys_without_login, start),
		TEST(test_login_failures, start),
		TEST(test_keys, start_logged_in),
		TEST(test_identities, start_logged_in),
		TEST(test_keys_again, start_logged_in),
		TEST(test_sign_pkcs1, start_logged_in),
		TEST(test_sign_pss, start_logged_in),
		TEST(test_sign_ecdsa, start_logged_in),
		TEST(test_sign_ed25519, start_logged_in),
		TEST(test_pipelined, start_logged_in),
		TEST(test_refusals, start_logged_in),
		TEST(test_logout, start_logged_in),
	};

	return cmocka_run_group_tests(tests, worker_provision,
				      worker_unprovision);
}
