/* SPDX-License-Identifier: Apache-2.0 */
/*
 * management: see management.h.
 */
#include "tests/card/management.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "tests/card/sw.h"
#include "tests/card/tlv.h"

#define TAG_WITNESS 0x80u
#define TAG_CHALLENGE 0x81u
#define TAG_RESPONSE 0x82u

struct management_cipher {
	uint8_t algorithm;
	size_t key, block;
	const EVP_CIPHER *(*evp)(void);
};

static const struct management_cipher ciphers[] = {
	{ MANAGEMENT_3DES, 24, 8, EVP_des_ede3_ecb },
	{ MANAGEMENT_AES128, 16, 16, EVP_aes_128_ecb },
	{ MANAGEMENT_AES192, 24, 16, EVP_aes_192_ecb },
	{ MANAGEMENT_AES256, 32, 16, EVP_aes_256_ecb },
};

static const struct management_cipher *cipher_of(uint8_t algorithm)
{
	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++)
		if (ciphers[i].algorithm == algorithm)
			return &ciphers[i];
	return NULL;
}

bool management_set(struct management *m, uint8_t algorithm, struct slice key)
{
	const struct management_cipher *c = cipher_of(algorithm);

	if (c == NULL || key.len != c->key)
		return false;
	m->cipher = c;
	memcpy(m->key, key.ptr, key.len);
	return true;
}

uint8_t management_algorithm(const struct management *m)
{
	return m->cipher != NULL ? m->cipher->algorithm : 0;
}

void management_reset(struct management *m)
{
	m->authenticated = false;
	m->step = MANAGEMENT_IDLE;
}

static bool encrypt(const struct management *m, const uint8_t *in,
		    uint8_t out[MANAGEMENT_BLOCK_MAX])
{
	const struct management_cipher *c = m->cipher;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;
	bool ok;

	ok = ctx != NULL &&
	     EVP_EncryptInit_ex(ctx, c->evp(), NULL, m->key, NULL) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	     EVP_EncryptUpdate(ctx, out, &len, in, (int)c->block) == 1 &&
	     len == (int)c->block;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* A random block, remembered. */
static bool give(struct management *m)
{
	return RAND_bytes(m->given, sizeof(m->given)) == 1;
}

static uint16_t give_challenge(struct management *m, struct buf *reply)
{
	if (!give(m))
		return SW_FAULT;
	m->step = MANAGEMENT_CHALLENGE;
	tlv_put(reply, TAG_CHALLENGE,
		slice_of(m->given, m->cipher->block));
	return 0;
}

static uint16_t give_witness(struct management *m, struct buf *reply)
{
	uint8_t hidden[MANAGEMENT_BLOCK_MAX];

	if (!give(m) || !encrypt(m, m->given, hidden))
		return SW_FAULT;
	m->step = MANAGEMENT_WITNESS;
	tlv_put(reply, TAG_WITNESS,
		slice_of(hidden, m->cipher->block));
	return 0;
}

static bool same_block(const struct management *m, const uint8_t *expected,
		       struct slice got)
{
	size_t block = m->cipher->block;

	return got.len == block && CRYPTO_memcmp(expected, got.ptr, block) == 0;
}

static uint16_t take_response(struct management *m, struct slice response)
{
	uint8_t expected[MANAGEMENT_BLOCK_MAX];

	if (m->step != MANAGEMENT_CHALLENGE)
		return SW_CONDITIONS;
	m->step = MANAGEMENT_IDLE;
	if (!encrypt(m, m->given, expected))
		return SW_FAULT;
	if (!same_block(m, expected, response))
		return SW_SECURITY;
	m->authenticated = true;
	return 0;
}

static uint16_t take_witness(struct management *m, struct slice witness,
			     struct slice challenge, struct buf *reply)
{
	uint8_t answer[MANAGEMENT_BLOCK_MAX];
	size_t block = m->cipher->block;

	if (m->step != MANAGEMENT_WITNESS)
		return SW_CONDITIONS;
	m->step = MANAGEMENT_IDLE;
	if (!same_block(m, m->given, witness))
		return SW_SECURITY;
	if (challenge.len != block)
		return SW_DATA;
	if (!encrypt(m, challenge.ptr, answer))
		return SW_FAULT;
	m->authenticated = true;
	tlv_put(reply, TAG_RESPONSE, slice_of(answer, block));
	return 0;
}

uint16_t management_step(struct management *m, uint8_t algorithm,
			 struct slice content, struct buf *reply)
{
	struct slice witness, challenge, response;

	if (m->cipher == NULL)
		return SW_REFERENCE;
	/* 00 is an old name of 3DES (SP 800-78-4 table 6-2). */
	if (algorithm == 0)
		algorithm = MANAGEMENT_3DES;
	if (algorithm != m->cipher->algorithm)
		return SW_P1P2;
	m->authenticated = false;
	if (tlv_find(content, TAG_WITNESS, &witness)) {
		if (witness.len == 0)
			return give_witness(m, reply);
		if (!tlv_find(content, TAG_CHALLENGE, &challenge))
			return SW_DATA;
		return take_witness(m, witness, challenge, reply);
	}
	if (tlv_find(content, TAG_CHALLENGE, &challenge) && challenge.len == 0)
		return give_challenge(m, reply);
	if (tlv_find(content, TAG_RESPONSE, &response))
		return take_response(m, response);
	return SW_DATA;
}
