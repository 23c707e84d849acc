/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_key: what a key computes is right by OpenSSL; what does not fit a key
 * is refused; imported parts give the same key again.
 */
#include "tests/card/key.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/card/tlv.h"
#include "tests/unit/card/head.h"

static EVP_PKEY *rsa, *ec;

static int make_keys(void **state)
{
	rsa = key_generate(KEY_RSA2048);
	ec = key_generate(KEY_P256);
	return rsa != NULL && ec != NULL ? 0 : -1;
}

static int free_keys(void **state)
{
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	return 0;
}

static void only_known_algorithms_are_generated(void **state)
{
	EVP_PKEY *p384 = key_generate(KEY_P384);

	assert_int_equal(key_algorithm(rsa), KEY_RSA2048);
	assert_int_equal(key_algorithm(ec), KEY_P256);
	assert_int_equal(key_algorithm(p384), KEY_P384);
	assert_null(key_generate(0));
	assert_null(key_generate(0x06));
	EVP_PKEY_free(p384);
}

static void rsa_is_the_raw_operation(void **state)
{
	AUTO(buf_fini) struct buf out;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa, NULL);
	uint8_t block[256] = { 0, 1, 2, 3 }, back[256];
	size_t len = sizeof(back);

	buf_init(&out, 512);
	assert_true(key_sign(rsa, slice_of(block, sizeof(block)), &out));
	assert_int_equal(out.len, 256);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, back, &len, out.ptr, out.len),
			 1);
	assert_memory_equal(back, block, sizeof(block));
	EVP_PKEY_CTX_free(ctx);
}

static void what_does_not_fit_is_refused(void **state)
{
	static const uint8_t high[257] = { 0xff, 0xff, 0xff, 0xff };
	AUTO(buf_fini) struct buf out;

	buf_init(&out, 512);
	assert_false(key_sign(rsa, slice_of(high, 255), &out));
	assert_false(key_sign(rsa, slice_of(high, 256), &out)); /* above n */
	assert_false(key_sign(rsa, slice_of(high, 257), &out));
	assert_false(key_sign(ec, slice_of(high, 0), &out));
	assert_false(key_sign(ec, slice_of(high, 33), &out));
	assert_false(key_agree(rsa, slice_of(high, 65), &out));
	assert_false(key_agree(ec, slice_of(high, 65), &out));
	assert_false(key_agree(ec, slice_of(high, 0), &out));
	assert_int_equal(out.len, 0);
}

static void both_sides_agree(void **state)
{
	AUTO(buf_fini) struct buf public, one, two;
	EVP_PKEY *other = key_generate(KEY_P256);
	struct slice point;

	buf_init(&public, 256);
	buf_init(&one, 64);
	buf_init(&two, 64);
	assert_true(key_put_public_parts(other, &public));
	assert_true(tlv_find(buf_slice(&public), 0x86, &point));
	assert_true(key_agree(ec, point, &one));
	buf_reset(&public);
	assert_true(key_put_public_parts(ec, &public));
	assert_true(tlv_find(buf_slice(&public), 0x86, &point));
	assert_true(key_agree(other, point, &two));
	assert_int_equal(one.len, 32);
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	EVP_PKEY_free(other);
}

/* A private part of a key, filled up to len bytes. */
static struct slice part(EVP_PKEY *key, const char *name, uint8_t *out,
			 int len)
{
	BIGNUM *n = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
	assert_int_equal(BN_bn2binpad(n, out, len), len);
	BN_clear_free(n);
	return slice_of(out, (size_t)len);
}

static void imported_parts_are_the_same_key(void **state)
{
	uint8_t p[128], q[128], scalar[32];
	EVP_PKEY *again;

	part(rsa, OSSL_PKEY_PARAM_RSA_FACTOR1, p, sizeof(p));
	part(rsa, OSSL_PKEY_PARAM_RSA_FACTOR2, q, sizeof(q));
	again = key_import_rsa(slice_of(p, sizeof(p)),
			       slice_of(q, sizeof(q)));
	assert_non_null(again);
	assert_int_equal(EVP_PKEY_eq(again, rsa), 1);
	EVP_PKEY_free(again);
	part(ec, OSSL_PKEY_PARAM_PRIV_KEY, scalar, sizeof(scalar));
	again = key_import_ec(KEY_P256, slice_of(scalar, sizeof(scalar)));
	assert_non_null(again);
	assert_int_equal(EVP_PKEY_eq(again, ec), 1);
	EVP_PKEY_free(again);
}

static void parts_that_make_no_key_are_refused(void **state)
{
	uint8_t bytes[128];

	memset(bytes, 0xff, sizeof(bytes));
	assert_null(key_import_ec(KEY_P256, slice_of(bytes, 32)));
	assert_null(key_import_ec(KEY_P256, slice_of(bytes, 49)));
	assert_null(key_import_ec(KEY_RSA2048, slice_of(bytes, 32)));
	memset(bytes, 0, sizeof(bytes));
	assert_null(key_import_ec(KEY_P256, slice_of(bytes, 32)));
	assert_null(key_import_rsa(slice_of(bytes, 128),
				   slice_of(bytes, 128)));
	assert_null(key_import_rsa(slice_of(bytes, 0), slice_of(bytes, 128)));
}

static void a_file_that_is_no_key_is_named(void **state)
{
	char path[] = "/tmp/test_key.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);
	struct error e = { 0 };
	EVP_PKEY *key = NULL;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(key_load(path, &key, &e), ERR_MALFORMED);
	assert_non_null(strstr(e.message, path));
	unlink(path);
	assert_int_equal(key_load(path, &key, &e), ERR_IO);
	assert_null(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_known_algorithms_are_generated),
		cmocka_unit_test(rsa_is_the_raw_operation),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(both_sides_agree),
		cmocka_unit_test(imported_parts_are_the_same_key),
		cmocka_unit_test(parts_that_make_no_key_are_refused),
		cmocka_unit_test(a_file_that_is_no_key_is_named),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
