/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: see key.h.
 */
#include "tests/card/key.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>

#include "base/err.h"
#include "tests/card/tlv.h"

#define TAG_PUBLIC 0x7f49u
#define TAG_MODULUS 0x81u
#define TAG_EXPONENT 0x82u
#define TAG_POINT 0x86u

static void ctx_freep(EVP_PKEY_CTX **ctx)
{
	EVP_PKEY_CTX_free(*ctx);
}

static void key_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

int key_load(const char *path, EVP_PKEY **out, struct error *e)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	*out = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	if (*out == NULL)
		return error_set(e, ERR_MALFORMED, "%s: no private key", path);
	if (key_algorithm(*out) != 0)
		return 0;
	EVP_PKEY_free(*out);
	*out = NULL;
	return error_set(e, ERR_UNSUPPORTED, "%s: not a key for PIV", path);
}

EVP_PKEY *key_generate(uint8_t algorithm)
{
	switch (algorithm) {
	case KEY_RSA2048:
		return EVP_RSA_gen(2048);
	case KEY_P256:
		return EVP_EC_gen("P-256");
	case KEY_P384:
		return EVP_EC_gen("P-384");
	default:
		return NULL;
	}
}

uint8_t key_algorithm(EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	if (EVP_PKEY_is_a(key, "RSA") && bits == 2048)
		return KEY_RSA2048;
	if (EVP_PKEY_is_a(key, "EC") && bits == 256)
		return KEY_P256;
	if (EVP_PKEY_is_a(key, "EC") && bits == 384)
		return KEY_P384;
	return 0;
}

static bool put_number(EVP_PKEY *key, const char *name, uint32_t tag,
		       struct buf *out)
{
	uint8_t bytes[512];
	BIGNUM *n = NULL;
	int len;

	if (EVP_PKEY_get_bn_param(key, name, &n) != 1)
		return false;
	len = BN_num_bytes(n) <= (int)sizeof(bytes) ? BN_bn2bin(n, bytes) : 0;
	BN_free(n);
	if (len > 0)
		tlv_put(out, tag, slice_of(bytes, (size_t)len));
	return len > 0;
}

static bool put_point(EVP_PKEY *key, struct buf *out)
{
	unsigned char *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(key, &point);

	if (len > 0)
		tlv_put(out, TAG_POINT, slice_of(point, len));
	OPENSSL_free(point);
	return len > 0;
}

bool key_put_public_parts(EVP_PKEY *key, struct buf *out)
{
	if (!EVP_PKEY_is_a(key, "RSA"))
		return put_point(key, out);
	return put_number(key, OSSL_PKEY_PARAM_RSA_N, TAG_MODULUS, out) &&
	       put_number(key, OSSL_PKEY_PARAM_RSA_E, TAG_EXPONENT, out);
}

bool key_put_public(EVP_PKEY *key, struct buf *out)
{
	AUTO(buf_fini) struct buf parts;

	buf_init(&parts, 1024);
	if (!key_put_public_parts(key, &parts) || buf_error(&parts) != 0)
		return false;
	tlv_put(out, TAG_PUBLIC, buf_slice(&parts));
	return true;
}

/* A card is given a digest, or one block: nothing else comes out right. */
static bool fits(EVP_PKEY *key, struct slice input)
{
	size_t bytes = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;

	if (EVP_PKEY_is_a(key, "RSA"))
		return input.len == bytes;
	return input.len > 0 && input.len <= bytes;
}

bool key_sign(EVP_PKEY *key, struct slice input, struct buf *out)
{
	AUTO(ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t len = (size_t)EVP_PKEY_get_size(key);
	uint8_t *room;

	if (!fits(key, input) || EVP_PKEY_sign_init(ctx) != 1)
		return false;
	if (EVP_PKEY_is_a(key, "RSA") &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1)
		return false;
	room = buf_reserve(out, len);
	if (room == NULL ||
	    EVP_PKEY_sign(ctx, room, &len, input.ptr, input.len) != 1)
		return false;
	buf_commit(out, len);
	return true;
}

/* The other side's public key, on the curve of ours; NULL for no point. */
static EVP_PKEY *peer_of(EVP_PKEY *key, struct slice point)
{
	EVP_PKEY *peer = EVP_PKEY_new();

	if (peer != NULL && EVP_PKEY_copy_parameters(peer, key) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(peer, point.ptr, point.len) == 1)
		return peer;
	EVP_PKEY_free(peer);
	return NULL;
}

bool key_agree(EVP_PKEY *key, struct slice point, struct buf *out)
{
	AUTO(ctx_freep) EVP_PKEY_CTX *ctx = NULL;
	AUTO(key_freep) EVP_PKEY *peer = NULL;
	uint8_t *room;
	size_t len;

	if (!EVP_PKEY_is_a(key, "EC"))
		return false;
	peer = peer_of(key, point);
	ctx = EVP_PKEY_CTX_new(key, NULL);
	if (peer == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer(ctx, peer) != 1 ||
	    EVP_PKEY_derive(ctx, NULL, &len) != 1)
		return false;
	room = buf_reserve(out, len);
	if (room == NULL || EVP_PKEY_derive(ctx, room, &len) != 1)
		return false;
	buf_commit(out, len);
	return true;
}
