/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: hashing in pieces, algorithms fetched once.
 */
#include "format/digest.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "format/alg.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *mds[WIRE_SHA512 + 1];

/* They live as long as the process: freeing them would race with threads. */
static void digest_fetch(void)
{
	for (int i = WIRE_SHA256; i <= WIRE_SHA512; i++)
		mds[i] = EVP_MD_fetch(
			NULL, format_hash_name((enum wire_hash)i), NULL);
}

const EVP_MD *format_digest_md(enum wire_hash hash)
{
	if (pthread_once(&once, digest_fetch) != 0 || hash > WIRE_SHA512)
		return NULL;
	return mds[hash];
}

void format_digest_start(struct format_digest *d, enum wire_hash hash)
{
	const EVP_MD *md = format_digest_md(hash);

	if (d->ctx == NULL)
		d->ctx = EVP_MD_CTX_new();
	d->failed = d->ctx == NULL || md == NULL ||
		    EVP_DigestInit_ex2(d->ctx, md, NULL) != 1;
}

void format_digest_update(struct format_digest *d, struct slice s)
{
	if (!d->failed && s.len > 0 &&
	    EVP_DigestUpdate(d->ctx, s.ptr, s.len) != 1)
		d->failed = true;
}

int format_digest_final(struct format_digest *d, uint8_t *out, struct error *e)
{
	if (d->failed || EVP_DigestFinal_ex(d->ctx, out, NULL) != 1)
		return error_set(e, ERR_CRYPTO, "OpenSSL cannot hash");
	return 0;
}

void format_digest_fini(struct format_digest *d)
{
	EVP_MD_CTX_free(d->ctx);
	*d = (struct format_digest){ .ctx = NULL };
}

int format_digest_of(struct format_digest *d, enum wire_hash hash,
		     struct slice s, uint8_t *out, struct error *e)
{
	format_digest_start(d, hash);
	format_digest_update(d, s);
	return format_digest_final(d, out, e);
}

struct slice format_digest_piece(struct slice *rest, size_t max)
{
	struct slice piece = slice_of(rest->ptr,
				      rest->len < max ? rest->len : max);

	if (piece.len > 0)
		rest->ptr += piece.len;
	rest->len -= piece.len;
	return piece;
}

int format_digest_both(struct format_digest *d, enum wire_hash hash,
		       struct slice s, uint8_t *out, uint8_t *sha256,
		       struct error *e)
{
	struct format_digest second AUTO(format_digest_fini) = { .ctx = NULL };
	bool two = hash != WIRE_SHA256 && hash != WIRE_HASH_NONE;
	struct slice piece;
	int r;

	format_digest_start(d, WIRE_SHA256);
	if (two)
		format_digest_start(&second, hash);
	while ((piece = format_digest_piece(&s, FORMAT_PIECE)).len > 0) {
		format_digest_update(d, piece);
		if (two)
			format_digest_update(&second, piece);
	}
	r = format_digest_final(d, sha256, e);
	if (r == 0 && two)
		r = format_digest_final(&second, out, e);
	else if (r == 0 && hash == WIRE_SHA256)
		memcpy(out, sha256, FORMAT_SHA256_LEN);
	return r;
}
