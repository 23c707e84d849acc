/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import: key pairs from their private parts; see key.h.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include "tests/card/key.h"

#define RSA_EXPONENT 65537u

static void build_freep(OSSL_PARAM_BLD **build)
{
	OSSL_PARAM_BLD_free(*build);
}

static void params_freep(OSSL_PARAM **params)
{
	OSSL_PARAM_free(*params);
}

static void ctx_freep(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static BN_CTX *numbers_new(void)
{
	BN_CTX *numbers = BN_CTX_new();

	if (numbers != NULL)
		BN_CTX_start(numbers);
	return numbers;
}

static void numbers_freep(BN_CTX **numbers)
{
	BN_CTX_end(*numbers);
	BN_CTX_free(*numbers);
}

static EVP_PKEY *key_of(const char *type, OSSL_PARAM_BLD *build)
{
	AUTO(ctx_freep) EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	AUTO(params_freep) OSSL_PARAM *params =
		OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || params == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		return NULL;
	return key;
}

/* d = 1 / e modulo (p - 1)(q - 1); false when there is none. */
static bool private_exponent(const BIGNUM *p, const BIGNUM *q,
			     const BIGNUM *e, BIGNUM *d, BN_CTX *numbers)
{
	BIGNUM *p1 = BN_CTX_get(numbers), *q1 = BN_CTX_get(numbers);
	BIGNUM *phi = BN_CTX_get(numbers);

	return phi != NULL && BN_sub(p1, p, BN_value_one()) == 1 &&
	       BN_sub(q1, q, BN_value_one()) == 1 &&
	       BN_mul(phi, p1, q1, numbers) == 1 &&
	       BN_mod_inverse(d, e, phi, numbers) != NULL;
}

EVP_PKEY *key_import_rsa(struct slice prime1, struct slice prime2)
{
	AUTO(build_freep) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	AUTO(numbers_freep) BN_CTX *numbers = numbers_new();
	BIGNUM *p, *q, *n, *e, *d;

	if (build == NULL || numbers == NULL || prime1.len != 128 ||
	    prime2.len != 128)
		return NULL;
	p = BN_CTX_get(numbers);
	q = BN_CTX_get(numbers);
	n = BN_CTX_get(numbers);
	e = BN_CTX_get(numbers);
	d = BN_CTX_get(numbers);
	if (d == NULL || BN_bin2bn(prime1.ptr, 128, p) == NULL ||
	    BN_bin2bn(prime2.ptr, 128, q) == NULL ||
	    BN_set_word(e, RSA_EXPONENT) != 1 ||
	    BN_mul(n, p, q, numbers) != 1 || BN_num_bits(n) != 2048 ||
	    !private_exponent(p, q, e, d, numbers) ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d) != 1)
		return NULL;
	return key_of("RSA", build);
}

/* The public point, uncompressed; its length, or 0. */
static size_t point_of(const EC_GROUP *group, const BIGNUM *scalar,
		       uint8_t *out, size_t max, BN_CTX *numbers)
{
	EC_POINT *point = EC_POINT_new(group);
	size_t len = 0;

	if (point != NULL &&
	    EC_POINT_mul(group, point, scalar, NULL, NULL, numbers) == 1)
		len = EC_POINT_point2oct(group, point,
					 POINT_CONVERSION_UNCOMPRESSED, out,
					 max, numbers);
	EC_POINT_free(point);
	return len;
}

static EVP_PKEY *import_scalar(const EC_GROUP *group, const char *name,
			       const BIGNUM *scalar, BN_CTX *numbers)
{
	AUTO(build_freep) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	uint8_t point[1 + 2 * 48];
	size_t len;

	if (build == NULL || BN_is_zero(scalar) ||
	    BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0)
		return NULL;
	len = point_of(group, scalar, point, sizeof(point), numbers);
	if (len <= 1 ||
	    OSSL_PARAM_BLD_push_utf8_string(
		    build, OSSL_PKEY_PARAM_GROUP_NAME, name, 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
					     point, len) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY,
				   scalar) != 1)
		return NULL;
	return key_of("EC", build);
}

EVP_PKEY *key_import_ec(uint8_t algorithm, struct slice scalar)
{
	bool p256 = algorithm == KEY_P256;
	AUTO(numbers_freep) BN_CTX *numbers = numbers_new();
	EC_GROUP *group;
	EVP_PKEY *key = NULL;
	BIGNUM *n;

	if (numbers == NULL || (!p256 && algorithm != KEY_P384) ||
	    scalar.len == 0 || scalar.len > 48)
		return NULL;
	n = BN_CTX_get(numbers);
	group = EC_GROUP_new_by_curve_name(p256 ? NID_X9_62_prime256v1 :
						  NID_secp384r1);
	if (group != NULL && n != NULL &&
	    BN_bin2bn(scalar.ptr, (int)scalar.len, n) != NULL)
		key = import_scalar(group, p256 ? "P-256" : "P-384", n,
				    numbers);
	EC_GROUP_free(group);
	return key;
}
