/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: OpenSSL standing in for a token in the tests of src/format: keys made
 * at run time, a small CA, and signatures as PKCS#11 would give them.
 */
#ifndef SIGNET_TEST_FORMAT_TOKEN_H
#define SIGNET_TEST_FORMAT_TOKEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/err.h"
#include "base/hex.h"
#include "format/alg.h"
#include "format/check.h"
#include "format/ecdsa.h"
#include "format/format.h"

#define TOKEN_DAY 86400

/* A key and its certificate, with everything a struct format_key points to. */
struct token {
	EVP_PKEY *key;
	X509 *x509;
	struct format_key fk;
	struct slice chain[2];
	uint8_t *spki, *certificate;
};

static inline EVP_PKEY *token_make_key(enum wire_key_type type,
				       const char *curve)
{
	EVP_PKEY *key = NULL;

	if (type == WIRE_KEY_RSA)
		key = EVP_RSA_gen(2048);
	else if (type == WIRE_KEY_EC)
		key = EVP_EC_gen(curve);
	else
		key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_non_null(key);
	return key;
}

static inline void token_extension(X509 *x, X509 *issuer, int nid,
				   const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

/* A certificate for key, from day `from` to day `to` counted from now. */
static inline X509 *token_certify(EVP_PKEY *key, const char *cn, X509 *issuer,
				  EVP_PKEY *issuer_key, int from, int to)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	static long serial = 0x1001;
	bool ed = EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_ED25519;

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
				   (const uint8_t *)"Test Bank", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
				   (const uint8_t *)cn, -1, -1, 0);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, issuer == NULL ? name :
					X509_get_subject_name(issuer));
	X509_gmtime_adj(X509_getm_notBefore(x), (long)from * TOKEN_DAY);
	X509_gmtime_adj(X509_getm_notAfter(x), (long)to * TOKEN_DAY);
	X509_set_pubkey(x, key);
	token_extension(x, issuer == NULL ? x : issuer,
			NID_subject_key_identifier, "hash");
	token_extension(x, issuer == NULL ? x : issuer,
			NID_authority_key_identifier, "keyid");
	if (strstr(cn, "CA") != NULL) {
		token_extension(x, NULL, NID_basic_constraints,
				"critical,CA:TRUE");
		token_extension(x, NULL, NID_key_usage,
				"critical,keyCertSign,cRLSign");
	} else {
		token_extension(x, NULL, NID_key_usage,
				"critical,digitalSignature,nonRepudiation");
		token_extension(x, NULL, NID_ext_key_usage,
				"emailProtection,clientAuth,1.2.3.4.5");
	}
	assert_true(X509_sign(x, issuer_key, ed ? NULL : EVP_sha256()) > 0);
	X509_NAME_free(name);
	return x;
}

/* Fill what points to DER; called again after a new certificate. */
static inline void token_refresh(struct token *t)
{
	int len;

	OPENSSL_free(t->spki);
	OPENSSL_free(t->certificate);
	t->spki = t->certificate = NULL;
	len = i2d_PUBKEY(t->key, &t->spki);
	t->fk.spki = slice_of(t->spki, (size_t)len);
	len = i2d_X509(t->x509, &t->certificate);
	t->fk.certificate = slice_of(t->certificate, (size_t)len);
}

static inline void token_init(struct token *t, enum wire_key_type type,
			      const char *curve, const char *cn,
			      const struct token *issuer)
{
	memset(t, 0, sizeof(*t));
	t->key = token_make_key(type, curve);
	t->x509 = token_certify(t->key, cn,
				issuer == NULL ? NULL : issuer->x509,
				issuer == NULL ? t->key : issuer->key,
				strstr(cn, "CA") == NULL ? -1 : -10, 365);
	t->fk.type = type;
	t->fk.curve = curve;
	token_refresh(t);
	if (issuer != NULL) {
		t->chain[0] = issuer->fk.certificate;
		t->fk.chain = t->chain;
		t->fk.chain_len = 1;
	}
}

static inline void token_fini(struct token *t)
{
	EVP_PKEY_free(t->key);
	X509_free(t->x509);
	OPENSSL_free(t->spki);
	OPENSSL_free(t->certificate);
}

static inline void token_sign_message(EVP_PKEY *key, struct slice message,
				      struct buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = 64;
	uint8_t sig[64];

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &len, message.ptr,
					message.len), 1);
	buf_put(out, sig, len);
	EVP_MD_CTX_free(ctx);
}

/* What C_Sign would answer for tbs; appended to out. */
static inline void token_sign(EVP_PKEY *key, const struct format_tbs *tbs,
			      struct buf *out)
{
	EVP_PKEY_CTX *ctx;
	uint8_t sig[LIMIT_SIGNATURE];
	size_t len = sizeof(sig);

	if (tbs->mechanism == WIRE_EDDSA) {
		token_sign_message(key, tbs->data, out);
		return;
	}
	ctx = EVP_PKEY_CTX_new(key, NULL);
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	if (tbs->mechanism == WIRE_RSA_PSS) {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_signature_md(
			ctx, EVP_get_digestbyname(format_hash_name(tbs->hash)));
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST);
	}
	assert_int_equal(EVP_PKEY_sign(ctx, sig, &len, tbs->data.ptr,
				       tbs->data.len), 1);
	EVP_PKEY_CTX_free(ctx);
	if (tbs->mechanism == WIRE_ECDSA) {
		size_t rs = 2 * (((size_t)EVP_PKEY_get_bits(key) + 7) / 8);

		assert_int_equal(format_ecdsa_from_der(slice_of(sig, len), rs,
						       out), 0);
	} else {
		buf_put(out, sig, len);
	}
}

/* begin, the token, finish: the whole signature into out. */
static inline void token_make(const struct token *t,
			      const struct format_input *in, struct buf *out)
{
	struct buf raw AUTO(buf_fini) = { .max = LIMIT_SIGNATURE };
	struct format_buf_sink sink;
	struct format_op *op = NULL;
	struct error e;

	error_clear(&e);
	if (format_begin(in, &t->fk, &op, &e) != 0)
		fail_msg("begin: %s", e.message);
	token_sign(t->key, format_op_tbs(op), &raw);
	format_buf_sink_init(&sink, out);
	if (format_finish(op, buf_slice(&raw), &sink.sink, &e) != 0)
		fail_msg("finish: %s", e.message);
	format_op_free(op);
}

/* A folder of its own for files that foreign tools read. */
struct folder {
	char path[64];
};

static inline void folder_init(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(f->path, sizeof(f->path), "%.40s/signet-test-XXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(f->path));
}

static inline void folder_write(const struct folder *f, const char *name,
				struct slice s)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->path, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(s.ptr, 1, s.len, file), s.len);
	assert_int_equal(fclose(file), 0);
}

/* A shell command in the folder; its exit status. */
static inline int folder_run(const struct folder *f, const char *command)
{
	char all[1024];

	assert_true(snprintf(all, sizeof(all),
			     "cd '%s' && { %s; } >out.log 2>&1", f->path,
			     command) < (int)sizeof(all));
	return system(all);
}

static inline void folder_fini(const struct folder *f)
{
	char all[128];

	snprintf(all, sizeof(all), "rm -r '%s'", f->path);
	assert_int_equal(system(all), 0);
}

/* A foreign tool is needed in CI; a person without it skips. */
static inline bool folder_has_tool(const char *tool)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", tool);
	if (system(command) == 0)
		return true;
	assert_null(getenv("CI"));
	return false;
}

static inline struct slice token_pem(X509 *x, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	assert_int_equal(PEM_write_bio_X509(bio, x), 1);
	len = BIO_get_mem_data(bio, &text);
	buf_put(out, text, (size_t)len);
	BIO_free(bio);
	return buf_slice(out);
}

#endif
