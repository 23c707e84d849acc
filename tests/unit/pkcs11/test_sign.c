/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sign: which mechanism goes with which key and how much data, and how
 * long a signature must be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pkcs11/sign.h"

static struct error e;
static const uint8_t bytes[4096];

static const struct p11_public rsa = { .type = WIRE_KEY_RSA, .bits = 2048 };
static const struct p11_public rsa512 = { .type = WIRE_KEY_RSA, .bits = 512 };
static const struct p11_public ec = { .type = WIRE_KEY_EC, .bits = 256 };
static const struct p11_public ec521 = { .type = WIRE_KEY_EC, .bits = 521 };
static const struct p11_public ed = { .type = WIRE_KEY_ED, .bits = 256 };

static int allowed(const struct p11_public *key, enum wire_mechanism mechanism,
		   enum wire_hash hash, size_t len)
{
	const struct wire_sign_item item = { mechanism, hash,
					     slice_of(bytes, len) };

	return p11_sign_allowed(key, &item, &e);
}

static void test_type_of_key(void **state)
{
	assert_int_equal(allowed(&rsa, WIRE_RSA_PKCS, 0, 51), 0);
	assert_int_equal(allowed(&ec, WIRE_RSA_PKCS, 0, 51), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&rsa, WIRE_ECDSA, 0, 32), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&ed, WIRE_ECDSA, 0, 32), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&ec, WIRE_EDDSA, 0, 32), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&ed, WIRE_RSA_PSS, WIRE_SHA256, 32),
			 ERR_IMPOSSIBLE);
}

static void test_pkcs1(void **state)
{
	assert_int_equal(allowed(&rsa, WIRE_RSA_PKCS, 0, 245), 0);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PKCS, 0, 246), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PKCS, 0, 0), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PKCS, WIRE_SHA256, 51),
			 ERR_IMPOSSIBLE);
}

static void test_pss(void **state)
{
	assert_int_equal(allowed(&rsa, WIRE_RSA_PSS, WIRE_SHA256, 32), 0);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PSS, WIRE_SHA384, 48), 0);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PSS, WIRE_SHA512, 64), 0);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PSS, WIRE_SHA256, 31),
			 ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&rsa, WIRE_RSA_PSS, WIRE_HASH_NONE, 0),
			 ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&rsa512, WIRE_RSA_PSS, WIRE_SHA256, 32),
			 ERR_IMPOSSIBLE);
}

static void test_curves(void **state)
{
	assert_int_equal(allowed(&ec, WIRE_ECDSA, 0, 32), 0);
	assert_int_equal(allowed(&ec, WIRE_ECDSA, 0, 64), 0);
	assert_int_equal(allowed(&ec, WIRE_ECDSA, 0, 65), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&ec, WIRE_ECDSA, 0, 0), ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&ec, WIRE_ECDSA, WIRE_SHA256, 32),
			 ERR_IMPOSSIBLE);
	assert_int_equal(allowed(&ed, WIRE_EDDSA, 0, 0), 0);
	assert_int_equal(allowed(&ed, WIRE_EDDSA, 0, 4096), 0);
}

static void test_lengths(void **state)
{
	assert_int_equal(p11_sign_length(&rsa), 256);
	assert_int_equal(p11_sign_length(&ec), 64);
	assert_int_equal(p11_sign_length(&ec521), 132);
	assert_int_equal(p11_sign_length(&ed), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_type_of_key),
		cmocka_unit_test(test_pkcs1),
		cmocka_unit_test(test_pss),
		cmocka_unit_test(test_curves),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
