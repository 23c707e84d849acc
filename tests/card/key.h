/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: a key pair in a slot of the card, and what the card computes with it
 * (SP 800-73-4 part 2 section 3.2.4, SP 800-78-4 table 6-2).
 *
 * The private-key operations are the raw ones of a card: padding and hashing
 * are the host's business.
 */
#ifndef CARD_KEY_H
#define CARD_KEY_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct error;

#define KEY_RSA2048 0x07u
#define KEY_P256 0x11u
#define KEY_P384 0x14u

/* Read a private key from a PEM file.  ERR_IO, ERR_MALFORMED. */
int key_load(const char *path, EVP_PKEY **out, struct error *e) MUST_CHECK;

/* A new pair; NULL for an algorithm that this card has not. */
EVP_PKEY *key_generate(uint8_t algorithm);

/*
 * A pair from the private part: RSA of its two primes, EC of its scalar.
 * NULL when they make no key of that algorithm.
 */
EVP_PKEY *key_import_rsa(struct slice p, struct slice q);
EVP_PKEY *key_import_ec(uint8_t algorithm, struct slice scalar);

/* KEY_*, or 0 for what is none of them. */
uint8_t key_algorithm(EVP_PKEY *key);

/* The public key as GENERATE answers it: 7F49 with 81, 82 or with 86. */
bool key_put_public(EVP_PKEY *key, struct buf *out);
/* The same without the outer tag, as metadata has it. */
bool key_put_public_parts(EVP_PKEY *key, struct buf *out);

/*
 * RSA: the private operation on one block of the key's size.  EC: ECDSA over
 * a digest, as DER.  False when the input does not fit the key.
 */
bool key_sign(EVP_PKEY *key, struct slice input, struct buf *out);

/* ECDH with an uncompressed point: the shared x coordinate. */
bool key_agree(EVP_PKEY *key, struct slice point, struct buf *out);

#endif
