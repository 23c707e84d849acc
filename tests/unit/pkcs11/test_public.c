/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_public: what PKCS#11 has of a public key becomes the DER that OpenSSL
 * makes of the same key, in every form that modules use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "pkcs11/public.h"

static struct error e;

#define S(text) slice_of(text, sizeof(text) - 1)
static const struct slice p256 = { (const uint8_t *)
	"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10 };

/* Compares with OpenSSL's DER and its SHA-256, and frees both. */
static void same_as(EVP_PKEY *key, struct p11_public *p)
{
	uint8_t *der = NULL, hash[32];
	int len = i2d_PUBKEY(key, &der);

	assert_true(len > 0);
	assert_true(slice_equal(buf_slice(&p->spki),
				slice_of(der, (size_t)len)));
	assert_int_equal(EVP_Digest(der, (size_t)len, hash, NULL,
				    EVP_sha256(), NULL), 1);
	assert_memory_equal(p->identity, hash, sizeof(hash));
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	p11_public_fini(p);
}

static void test_rsa(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIGNUM *n = NULL, *x = NULL;
	uint8_t modulus[257] = { 0 }, exponent[3];
	struct p11_public p;

	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &x);
	assert_int_equal(BN_bn2bin(n, modulus + 1), 256);
	assert_int_equal(BN_bn2bin(x, exponent), 3);
	BN_free(n);
	BN_free(x);
	/* Some modules put a zero byte in front. */
	assert_int_equal(p11_public_rsa(slice_of(modulus, 257),
					slice_of(exponent, 3), &p, &e), 0);
	assert_int_equal(p.type, WIRE_KEY_RSA);
	assert_int_equal(p.bits, 2048);
	assert_string_equal(p.curve, "");
	EVP_PKEY_up_ref(key);
	same_as(key, &p);
	assert_int_equal(p11_public_rsa(slice_of(modulus + 1, 256),
					slice_of(exponent, 3), &p, &e), 0);
	same_as(key, &p);
}

static void test_rsa_that_is_none(void **state)
{
	static const uint8_t big[4096] = { 1 };
	struct p11_public p;

	assert_int_equal(p11_public_rsa(S(""), S("\x01\x00\x01"), &p, &e),
			 ERR_MALFORMED);
	assert_int_equal(p11_public_rsa(S("\xc5"), S(""), &p, &e),
			 ERR_MALFORMED);
	assert_int_equal(p11_public_rsa(slice_of(big, sizeof(big)),
					S("\x01\x00\x01"), &p, &e),
			 ERR_MALFORMED);
}

/* head: what stands before the point. */
static void check_ec(const char *curve, struct slice params,
		     struct slice head, uint32_t bits)
{
	EVP_PKEY *key = EVP_EC_gen(curve);
	uint8_t point[256];
	size_t len = 0;
	struct p11_public p;

	memcpy(point, head.ptr, head.len);
	assert_int_equal(EVP_PKEY_get_octet_string_param(
				 key, OSSL_PKEY_PARAM_PUB_KEY,
				 point + head.len, sizeof(point) - head.len,
				 &len), 1);
	assert_int_equal(p11_public_ec(params,
				       slice_of(point, head.len + len), &p,
				       &e), 0);
	assert_int_equal(p.type, WIRE_KEY_EC);
	assert_int_equal(p.bits, bits);
	assert_string_equal(p.curve, curve);
	same_as(key, &p);
}

static void test_ec_in_octet_string(void **state)
{
	check_ec("P-256", p256, S("\x04\x41"), 256);
	check_ec("P-384", S("\x06\x05\x2b\x81\x04\x00\x22"), S("\x04\x61"),
		 384);
	check_ec("P-521", S("\x06\x05\x2b\x81\x04\x00\x23"),
		 S("\x04\x81\x85"), 521);
}

static void test_ec_raw(void **state)
{
	check_ec("P-256", p256, S(""), 256);
	check_ec("P-384", S("\x06\x05\x2b\x81\x04\x00\x22"), S(""), 384);
	check_ec("P-521", S("\x06\x05\x2b\x81\x04\x00\x23"), S(""), 521);
}

/* A curve written out, or one that is nearly it. */
static struct slice written_out(int nid, bool other_generator)
{
	static unsigned char der[1024];
	unsigned char *at = der;
	EC_GROUP *g = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *two = EC_POINT_new(g);
	int len;

	if (other_generator) {
		assert_int_equal(EC_POINT_dbl(g, two,
					      EC_GROUP_get0_generator(g),
					      NULL), 1);
		assert_int_equal(EC_GROUP_set_generator(
					 g, two, EC_GROUP_get0_order(g),
					 EC_GROUP_get0_cofactor(g)), 1);
	}
	EC_GROUP_set_asn1_flag(g, OPENSSL_EC_EXPLICIT_CURVE);
	len = i2d_ECPKParameters(g, NULL);
	assert_in_range(len, 100, sizeof(der));
	len = i2d_ECPKParameters(g, &at);
	EC_POINT_free(two);
	EC_GROUP_free(g);
	return slice_of(der, (size_t)len);
}

static void test_ec_written_out(void **state)
{
	uint8_t point[65] = { 0x04, 1 };
	struct p11_public p;
	struct slice s;

	check_ec("P-256", written_out(NID_X9_62_prime256v1, false), S(""),
		 256);
	check_ec("P-521", written_out(NID_secp521r1, false), S(""), 521);
	s = written_out(NID_secp256k1, false);
	assert_int_equal(p11_public_ec(s, slice_of(point, 65), &p, &e),
			 ERR_UNSUPPORTED);
	/* With a generator of one's own any key would seem to be known. */
	s = written_out(NID_X9_62_prime256v1, true);
	assert_int_equal(p11_public_ec(s, slice_of(point, 65), &p, &e),
			 ERR_UNSUPPORTED);
	s = written_out(NID_X9_62_prime256v1, false);
	for (size_t n = 0; n < s.len; n++)
		assert_int_equal(p11_public_ec(slice_of(s.ptr, n),
					       slice_of(point, 65), &p, &e),
				 ERR_UNSUPPORTED);
}

static void test_ec_that_is_none(void **state)
{
	uint8_t point[67] = { 4, 0x41, 4 };
	struct p11_public p;

	assert_int_equal(p11_public_ec(p256, slice_of(point, 67), &p, &e), 0);
	p11_public_fini(&p);
	for (size_t len = 0; len < 67; len++)
		if (len != 65)
			assert_int_equal(p11_public_ec(p256,
						       slice_of(point, len),
						       &p, &e),
					 ERR_MALFORMED);
	point[2] = 2;
	assert_int_equal(p11_public_ec(p256, slice_of(point, 67), &p, &e),
			 ERR_MALFORMED);
	point[1] = 0x40;
	assert_int_equal(p11_public_ec(p256, slice_of(point, 67), &p, &e),
			 ERR_MALFORMED);
	/* secp256k1, and explicit parameters */
	assert_int_equal(p11_public_ec(S("\x06\x05\x2b\x81\x04\x00\x0a"),
				       slice_of(point, 67), &p, &e),
			 ERR_UNSUPPORTED);
	assert_int_equal(p11_public_ec(S("\x30\x00"), slice_of(point, 67), &p,
				       &e), ERR_UNSUPPORTED);
	assert_int_equal(p11_public_ec(S(""), slice_of(point, 67), &p, &e),
			 ERR_UNSUPPORTED);
}

static void check_ed(struct slice params, struct slice head)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	uint8_t point[64];
	size_t len = 32;
	struct p11_public p;

	memcpy(point, head.ptr, head.len);
	assert_int_equal(EVP_PKEY_get_raw_public_key(key, point + head.len,
						     &len), 1);
	assert_int_equal(p11_public_ed(params,
				       slice_of(point, head.len + len), &p,
				       &e), 0);
	assert_int_equal(p.type, WIRE_KEY_ED);
	assert_int_equal(p.bits, 256);
	assert_string_equal(p.curve, "Ed25519");
	same_as(key, &p);
}

static void test_ed(void **state)
{
	static const struct slice oid = { (const uint8_t *)
		"\x06\x03\x2b\x65\x70", 5 };

	check_ed(oid, S("\x04\x20"));
	check_ed(oid, S(""));
	check_ed(oid, S("\x03\x21\x00"));
	check_ed(S("\x13\x0c" "edwards25519"), S("\x04\x20"));
}

static void test_ed_that_is_none(void **state)
{
	static const uint8_t point[36] = { 4, 0x20 };
	struct p11_public p;

	assert_int_equal(p11_public_ed(S("\x06\x03\x2b\x65\x71"),
				       slice_of(point, 34), &p, &e),
			 ERR_UNSUPPORTED);
	assert_int_equal(p11_public_ed(S("\x06\x03\x2b\x65\x70"),
				       slice_of(point, 33), &p, &e),
			 ERR_MALFORMED);
	assert_int_equal(p11_public_ed(S("\x06\x03\x2b\x65\x70"),
				       slice_of(point, 35), &p, &e),
			 ERR_MALFORMED);
	assert_int_equal(p11_public_ed(S("\x06\x03\x2b\x65\x70"), S(""), &p,
				       &e), ERR_MALFORMED);
}

static void check_x509(EVP_PKEY *key, enum wire_key_type type, uint32_t bits,
		       const char *curve)
{
	X509 *x = X509_new();
	struct p11_public p;

	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_int_equal(p11_public_x509(x, &p, &e), 0);
	X509_free(x);
	assert_int_equal(p.type, type);
	assert_int_equal(p.bits, bits);
	assert_string_equal(p.curve, curve);
	same_as(key, &p);
}

static void test_x509(void **state)
{
	check_x509(EVP_RSA_gen(3072), WIRE_KEY_RSA, 3072, "");
	check_x509(EVP_EC_gen("P-256"), WIRE_KEY_EC, 256, "P-256");
	check_x509(EVP_EC_gen("P-521"), WIRE_KEY_EC, 521, "P-521");
	check_x509(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), WIRE_KEY_ED, 256,
		   "Ed25519");
}

static void test_x509_of_another_kind(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("secp256k1");
	X509 *x = X509_new();
	struct p11_public p;

	assert_int_equal(p11_public_x509(x, &p, &e), ERR_UNSUPPORTED);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_int_equal(p11_public_x509(x, &p, &e), ERR_UNSUPPORTED);
	X509_free(x);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rsa),
		cmocka_unit_test(test_rsa_that_is_none),
		cmocka_unit_test(test_ec_in_octet_string),
		cmocka_unit_test(test_ec_raw),
		cmocka_unit_test(test_ec_written_out),
		cmocka_unit_test(test_ec_that_is_none),
		cmocka_unit_test(test_ed),
		cmocka_unit_test(test_ed_that_is_none),
		cmocka_unit_test(test_x509),
		cmocka_unit_test(test_x509_of_another_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
