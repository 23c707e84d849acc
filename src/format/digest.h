/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: hashing in pieces, with the algorithms fetched once for the process
 * (an EVP_MD_fetch costs more than the hashing of a short content).
 *
 * Internal to src/format.  Any thread; one struct is used by one at a time.
 */
#ifndef SIGNET_FORMAT_DIGEST_H
#define SIGNET_FORMAT_DIGEST_H

#include <openssl/evp.h>

#include "base/attr.h"
#include "base/slice.h"
#include "wire/sign.h"

struct error;

#define FORMAT_DIGEST_MAX 64
#define FORMAT_SHA256_LEN 32

/* Content is hashed in pieces of this many bytes: they stay in the cache. */
#define FORMAT_PIECE (64u * 1024)

/* The fetched algorithm; NULL when OpenSSL does not have it. */
const EVP_MD *format_digest_md(enum wire_hash hash);

struct format_digest {
	EVP_MD_CTX *ctx; /* NULL until the first start */
	bool failed;	 /* sticky until the next start */
};

/* Zeroes are an unused digest; _start may be called again after _final. */
void format_digest_start(struct format_digest *d, enum wire_hash hash);
void format_digest_update(struct format_digest *d, struct slice s);
/* out has room for FORMAT_DIGEST_MAX.  ERR_CRYPTO when any step failed. */
int format_digest_final(struct format_digest *d, uint8_t *out,
			struct error *e) MUST_CHECK;
void format_digest_fini(struct format_digest *d);

/* All at once: the digest of s. */
int format_digest_of(struct format_digest *d, enum wire_hash hash,
		     struct slice s, uint8_t *out, struct error *e) MUST_CHECK;

/*
 * In one pass over s: its digest by hash, into out[FORMAT_DIGEST_MAX], and its
 * SHA-256, into sha256.  Hashes once when both are the same; hash may be
 * WIRE_HASH_NONE, which leaves out alone.
 */
int format_digest_both(struct format_digest *d, enum wire_hash hash,
		       struct slice s, uint8_t *out, uint8_t *sha256,
		       struct error *e) MUST_CHECK;

/* Take up to FORMAT_PIECE bytes off the front of *rest; empty at the end. */
struct slice format_digest_piece(struct slice *rest, size_t max);

#endif
