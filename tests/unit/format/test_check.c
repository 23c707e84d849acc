/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_check: a right signature passes, in many threads at once, and a wrong
 * one never does.
 */
#include <pthread.h>

#include "vector.h"

struct vector {
	const char *key, *signature;
	enum wire_hash hash;
};

static const struct vector vectors[] = {
	{ "rfc6979-a.2.5.pem", "rfc6979-a.2.5.sig", WIRE_SHA256 },
	{ "rfc6979-a.2.6.pem", "rfc6979-a.2.6.sig", WIRE_SHA384 },
};

static void the_vectors_of_rfc6979_pass(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct buf spki AUTO(buf_fini) = { .max = 4096 };
		struct buf sig AUTO(buf_fini) = { .max = 4096 };
		struct format_tbs tbs = { WIRE_ECDSA, vectors[i].hash, {0} };
		struct format_public *p;
		uint8_t digest[64];
		struct error e;

		assert_int_equal(EVP_Q_digest(NULL,
					      format_hash_name(vectors[i].hash),
					      NULL, "sample", 6, digest, NULL),
				 1);
		tbs.data = slice_of(digest, format_hash_len(vectors[i].hash));
		assert_int_equal(format_public_new(
			vector_key(vectors[i].key, &spki), &p, &e), 0);
		vector_read(vectors[i].signature, &sig);
		assert_int_equal(format_check(p, &tbs, buf_slice(&sig), &e), 0);
		digest[0] ^= 1;
		assert_int_equal(format_check(p, &tbs, buf_slice(&sig), &e),
				 ERR_MISMATCH);
		format_public_free(p);
	}
}

struct made {
	struct token t;
	struct format_op *op;
	struct buf sig;
	struct format_public *p;
};

static void make(struct made *m, const char *alg, enum wire_key_type type,
		 const char *curve)
{
	struct format_input in = { .kind = FORMAT_RAW,
				   .alg = format_alg_by_name(alg),
				   .content = slice_str("pay") };
	struct error e;

	token_init(&m->t, type, curve, "signer", NULL);
	buf_init(&m->sig, LIMIT_SIGNATURE);
	assert_int_equal(format_begin(&in, &m->t.fk, &m->op, &e), 0);
	token_sign(m->t.key, format_op_tbs(m->op), &m->sig);
	assert_int_equal(format_public_new(m->t.fk.spki, &m->p, &e), 0);
}

static void unmake(struct made *m)
{
	format_public_free(m->p);
	format_op_free(m->op);
	buf_fini(&m->sig);
	token_fini(&m->t);
}

static const struct {
	const char *alg;
	enum wire_key_type type;
	const char *curve;
} kinds[] = {
	{ "RS256", WIRE_KEY_RSA, "" },	    { "RS384", WIRE_KEY_RSA, "" },
	{ "RS512", WIRE_KEY_RSA, "" },	    { "PS256", WIRE_KEY_RSA, "" },
	{ "PS384", WIRE_KEY_RSA, "" },	    { "PS512", WIRE_KEY_RSA, "" },
	{ "ES256", WIRE_KEY_EC, "P-256" },  { "ES384", WIRE_KEY_EC, "P-384" },
	{ "ES512", WIRE_KEY_EC, "P-521" },  { "EdDSA", WIRE_KEY_ED, "Ed25519" },
};

static void check_one(size_t kind)
{
	struct made m;
	struct error e;
	const struct format_tbs *tbs;
	static const size_t places[] = { 0, 1, 31, 33, 63 };

	make(&m, kinds[kind].alg, kinds[kind].type, kinds[kind].curve);
	tbs = format_op_tbs(m.op);
	for (int again = 0; again < 3; again++)
		assert_int_equal(format_check(m.p, tbs, buf_slice(&m.sig), &e),
				 0);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		m.sig.ptr[places[i]] ^= 0x10;
		assert_int_equal(format_check(m.p, tbs, buf_slice(&m.sig), &e),
				 ERR_MISMATCH);
		m.sig.ptr[places[i]] ^= 0x10;
	}
	for (size_t len = 0; len < 3; len++)
		assert_int_equal(format_check(m.p, tbs,
					      slice_of(m.sig.ptr,
						       len * m.sig.len / 3),
					      &e), ERR_MISMATCH);
	/* A wrong one leaves nothing behind that spoils the next. */
	assert_int_equal(format_check(m.p, tbs, buf_slice(&m.sig), &e), 0);
	unmake(&m);
}

static void every_algorithm_takes_its_own_and_no_other(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		check_one(i);
}

static void a_longer_signature_is_refused(void **state)
{
	struct made m;
	struct error e;

	make(&m, "ES256", WIRE_KEY_EC, "P-256");
	buf_put_u8(&m.sig, 0);
	assert_int_equal(format_check(m.p, format_op_tbs(m.op),
				      buf_slice(&m.sig), &e), ERR_MISMATCH);
	unmake(&m);
}

static void another_key_or_mechanism_is_refused(void **state)
{
	struct made a, b;
	struct format_tbs tbs;
	struct error e;

	make(&a, "RS256", WIRE_KEY_RSA, "");
	make(&b, "PS256", WIRE_KEY_RSA, "");
	assert_int_equal(format_check(b.p, format_op_tbs(a.op),
				      buf_slice(&a.sig), &e), ERR_MISMATCH);
	tbs = *format_op_tbs(a.op);
	for (int m = WIRE_RSA_PSS; m <= WIRE_EDDSA; m++) {
		tbs.mechanism = (enum wire_mechanism)m;
		assert_int_equal(format_check(a.p, &tbs, buf_slice(&a.sig), &e),
				 ERR_MISMATCH);
	}
	/* One public, two algorithms in turn. */
	tbs = *format_op_tbs(b.op);
	assert_int_equal(format_check(b.p, &tbs, buf_slice(&b.sig), &e), 0);
	unmake(&a);
	unmake(&b);
}

/* PSS by SHA-256 and SHA-384 in turn, by one key: no context is mixed up. */
static void one_key_does_two_hashes_in_turn(void **state)
{
	struct buf sigs[2] = { { .max = 512 }, { .max = 512 } };
	uint8_t digest[48] = { 5 };
	struct made m;
	struct error e;

	make(&m, "PS256", WIRE_KEY_RSA, "");
	for (int i = 0; i < 6; i++) {
		struct format_tbs tbs = {
			WIRE_RSA_PSS, i % 2 ? WIRE_SHA384 : WIRE_SHA256,
			slice_of(digest, i % 2 ? 48 : 32),
		};

		if (i < 2)
			token_sign(m.t.key, &tbs, &sigs[i]);
		assert_int_equal(format_check(m.p, &tbs,
					      buf_slice(&sigs[i % 2]), &e), 0);
	}
	buf_fini(&sigs[0]);
	buf_fini(&sigs[1]);
	unmake(&m);
}

static void what_is_no_key_is_refused(void **state)
{
	struct format_public *p;
	struct error e;
	struct token t;
	EVP_PKEY *x25519 = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(x25519, &der);

	assert_int_equal(format_public_new(slice_of(NULL, 0), &p, &e),
			 ERR_BAD_CERTIFICATE);
	assert_int_equal(format_public_new(slice_str("x"), &p, &e),
			 ERR_BAD_CERTIFICATE);
	assert_int_equal(format_public_new(slice_of(der, (size_t)len), &p, &e),
			 ERR_BAD_CERTIFICATE);
	token_init(&t, WIRE_KEY_EC, "P-256", "signer", NULL);
	t.fk.spki.len--;
	assert_int_equal(format_public_new(t.fk.spki, &p, &e),
			 ERR_BAD_CERTIFICATE);
	token_fini(&t);
	OPENSSL_free(der);
	EVP_PKEY_free(x25519);
	format_public_free(NULL);
}

#define THREADS 12 /* more than contexts are kept */
#define ROUNDS 40

static void *check_often(void *arg)
{
	struct made *m = arg;
	struct error e;
	uint8_t wrong[64] = { 1 };
	size_t bad = 0;

	for (int i = 0; i < ROUNDS; i++) {
		bad += format_check(m->p, format_op_tbs(m->op),
				    buf_slice(&m->sig), &e) != 0;
		bad += format_check(m->p, format_op_tbs(m->op),
				    slice_of(wrong, sizeof(wrong)), &e) !=
		       ERR_MISMATCH;
	}
	return bad == 0 ? NULL : arg;
}

static void threads_share_a_key(void **state)
{
	pthread_t threads[THREADS];
	struct made m;
	void *bad;

	make(&m, "ES256", WIRE_KEY_EC, "P-256");
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, check_often,
						&m), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &bad), 0);
		assert_null(bad);
	}
	unmake(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc6979_pass),
		cmocka_unit_test(every_algorithm_takes_its_own_and_no_other),
		cmocka_unit_test(a_longer_signature_is_refused),
		cmocka_unit_test(another_key_or_mechanism_is_refused),
		cmocka_unit_test(one_key_does_two_hashes_in_turn),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(threads_share_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
