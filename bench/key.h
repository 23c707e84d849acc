/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: a key of the fixtures, as each side names it, and what it signs.
 */
#ifndef SIGNET_BENCH_KEY_H
#define SIGNET_BENCH_KEY_H

#include <openssl/evp.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/slice.h"

struct error;

enum key_kind { KEY_RSA, KEY_EC, KEY_KINDS };

/* Bytes of content in each request. */
#define KEY_CONTENT 500
/* DigestInfo of a SHA-256 digest (RFC 8017 9.2), the longer of the two. */
#define KEY_TBS_MAX (19 + 32)

struct key {
	enum key_kind kind;
	const char *object; /* CKA_LABEL */
	char uri[LIMIT_URI];
	EVP_PKEY *public; /* NULL when the fixtures have no file of it */
};

/* "RSA-2048", "P-256". */
const char *key_kind_name(enum key_kind kind);
/* "RS256", "ES256". */
const char *key_kind_alg(enum key_kind kind);

/* The content of every request. */
struct slice key_content(void);

/*
 * What C_Sign gets for that content: a DigestInfo for CKM_RSA_PKCS, a digest
 * for CKM_ECDSA.  Into out[KEY_TBS_MAX]; the length is returned.
 */
size_t key_tbs(enum key_kind kind, uint8_t *out);

/*
 * The key with label object on the token that FIXTURES/serials calls nick; its
 * public key is FIXTURES/pub/<file>.pem, or file is NULL.  ERR_CONFIG.
 */
int key_open(struct key *k, enum key_kind kind, const char *fixtures,
	     const char *nick, const char *object, const char *file,
	     struct error *e) MUST_CHECK;
void key_close(struct key *k);

/* The serial of a token of the fixtures, into out[17].  ERR_CONFIG. */
int key_serial(const char *fixtures, const char *nick, char *out,
	       struct error *e) MUST_CHECK;

/* Does signature (DER for ECDSA) verify the content?  ERR_MISMATCH. */
int key_verify(const struct key *k, struct slice signature, struct error *e)
	MUST_CHECK;

#endif
