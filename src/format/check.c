/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: verify a raw signature, fast.
 *
 * The key is decoded once.  What costs beside the arithmetic is making and
 * configuring an EVP_PKEY_CTX for each call; configured contexts can verify
 * any number of times (EVP_PKEY_verify(3)), so idle ones are kept, and a
 * thread that finds none makes one.
 */
#include "format/check.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/err.h"
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/owned.h"

/* As many as there are threads that check, times algorithms of one key. */
#define CHECK_IDLE 8

struct idle {
	enum wire_mechanism mechanism;
	enum wire_hash hash;
	EVP_PKEY_CTX *ctx; /* NULL: a free place */
};

struct format_public {
	EVP_PKEY *key;
	size_t signature_len;
	pthread_mutex_t lock; /* for idle; never held while verifying */
	struct idle idle[CHECK_IDLE];
};

/* Bytes of a raw signature by the key; 0 for a key we cannot use. */
static size_t signature_len(const EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return (size_t)EVP_PKEY_get_size(key);
	case EVP_PKEY_EC:
		return 2 * (((size_t)EVP_PKEY_get_bits(key) + 7) / 8);
	case EVP_PKEY_ED25519:
		return 64;
	default:
		return 0;
	}
}

int format_public_new(struct slice spki, struct format_public **out,
		      struct error *e)
{
	struct format_public *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return error_set(e, ERR_NO_MEMORY, "a public key");
	p->key = format_own_public(spki);
	if (p->key != NULL)
		p->signature_len = signature_len(p->key);
	if (p->signature_len == 0 ||
	    pthread_mutex_init(&p->lock, NULL) != 0) {
		EVP_PKEY_free(p->key);
		free(p);
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "not a public key of RSA, EC or Ed25519");
	}
	*out = p;
	return 0;
}

void format_public_free(struct format_public *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < CHECK_IDLE; i++)
		EVP_PKEY_CTX_free(p->idle[i].ctx);
	EVP_PKEY_free(p->key);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/*
 * RFC 8017: PKCS1 without a digest named compares the DigestInfo (8.2.2); PSS
 * with the salt as long as the digest (9.1, RFC 7518 3.5).
 */
static bool configure(EVP_PKEY_CTX *ctx, const struct format_tbs *tbs)
{
	const EVP_MD *md = format_digest_md(tbs->hash);

	if (EVP_PKEY_verify_init(ctx) != 1)
		return false;
	switch (tbs->mechanism) {
	case WIRE_RSA_PKCS:
		return EVP_PKEY_CTX_set_rsa_padding(ctx,
						    RSA_PKCS1_PADDING) == 1;
	case WIRE_RSA_PSS:
		return md != NULL &&
		       EVP_PKEY_CTX_set_rsa_padding(
			       ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(
			       ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	case WIRE_ECDSA:
		return true;
	case WIRE_EDDSA:
		break;
	}
	return false;
}

static EVP_PKEY_CTX *take(struct format_public *p, const struct format_tbs *tbs)
{
	EVP_PKEY_CTX *ctx = NULL;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < CHECK_IDLE && ctx == NULL; i++) {
		struct idle *idle = &p->idle[i];

		if (idle->ctx != NULL && idle->mechanism == tbs->mechanism &&
		    idle->hash == tbs->hash) {
			ctx = idle->ctx;
			idle->ctx = NULL;
		}
	}
	pthread_mutex_unlock(&p->lock);
	if (ctx != NULL)
		return ctx;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, p->key, NULL);
	if (ctx != NULL && !configure(ctx, tbs)) {
		EVP_PKEY_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

static void give_back(struct format_public *p, const struct format_tbs *tbs,
		      EVP_PKEY_CTX *ctx)
{
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < CHECK_IDLE && ctx != NULL; i++) {
		if (p->idle[i].ctx != NULL)
			continue;
		p->idle[i] = (struct idle){ .mechanism = tbs->mechanism,
					    .hash = tbs->hash, .ctx = ctx };
		ctx = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	EVP_PKEY_CTX_free(ctx);
}

static bool verify_digest(struct format_public *p, const struct format_tbs *tbs,
			  struct slice signature)
{
	EVP_PKEY_CTX *ctx = take(p, tbs);
	bool ok;

	if (ctx == NULL)
		return false;
	ok = EVP_PKEY_verify(ctx, signature.ptr, signature.len, tbs->data.ptr,
			     tbs->data.len) == 1;
	give_back(p, tbs, ctx);
	return ok;
}

static bool verify_ecdsa(struct format_public *p, const struct format_tbs *tbs,
			 struct slice signature)
{
	struct buf der AUTO(buf_fini) = { .max = FORMAT_ECDSA_DER_MAX };

	format_ecdsa_to_der(signature, &der);
	return buf_error(&der) == 0 && verify_digest(p, tbs, buf_slice(&der));
}

/* Ed25519 verifies a message at once (EVP_SIGNATURE-ED25519(7)). */
static bool verify_message(struct format_public *p,
			   const struct format_tbs *tbs, struct slice signature)
{
	EVP_MD_CTX *ctx AUTO(format_own_md_ctx) = EVP_MD_CTX_new();

	return ctx != NULL &&
	       EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, p->key,
				       NULL) == 1 &&
	       EVP_DigestVerify(ctx, signature.ptr, signature.len,
				tbs->data.ptr, tbs->data.len) == 1;
}

static bool verify(struct format_public *p, const struct format_tbs *tbs,
		   struct slice signature)
{
	int type = EVP_PKEY_get_base_id(p->key);

	switch (tbs->mechanism) {
	case WIRE_RSA_PKCS:
	case WIRE_RSA_PSS:
		return type == EVP_PKEY_RSA && verify_digest(p, tbs, signature);
	case WIRE_ECDSA:
		return type == EVP_PKEY_EC && verify_ecdsa(p, tbs, signature);
	case WIRE_EDDSA:
		return type == EVP_PKEY_ED25519 &&
		       verify_message(p, tbs, signature);
	}
	return false;
}

int format_check(struct format_public *p, const struct format_tbs *tbs,
		 struct slice signature, struct error *e)
{
	bool ok = signature.len == p->signature_len &&
		  verify(p, tbs, signature);

	if (ok)
		return 0;
	/* OpenSSL notes why in this thread's queue; nobody would empty it. */
	ERR_clear_error();
	return error_set(e, ERR_MISMATCH,
			 "the token's signature is not one by its public key");
}
