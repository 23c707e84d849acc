/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auditor: what an auditor has kept elsewhere.
 */
#include "evidence/auditor.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hex.h"
#include "base/limits.h"
#include "evidence/statement.h"

#define AUDITOR_PIECE 4096u

int auditor_read(const char *path, struct buf *out, struct error *e)
{
	AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *at;
	ssize_t n = 1;

	while (fd >= 0 && n > 0) {
		at = buf_reserve(out, AUDITOR_PIECE);
		if (at == NULL)
			return error_set(e, buf_error(out),
					 "%s: larger than %zu bytes", path,
					 out->max);
		n = read(fd, at, AUDITOR_PIECE);
		if (n > 0)
			buf_commit(out, (size_t)n);
	}
	return fd >= 0 && n == 0 ? 0 :
		error_set_errno(e, ERR_IO, errno, "%s", path);
}

/* --- keys ----------------------------------------------------------------- */

static EVP_PKEY *key_of(X509 *x)
{
	EVP_PKEY *key = x == NULL ? NULL : X509_get_pubkey(x);

	X509_free(x);
	return key;
}

static EVP_PKEY *parse_key(struct slice s)
{
	BIO *bio = BIO_new_mem_buf(s.ptr, (int)s.len);
	const unsigned char *at = s.ptr;
	EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

	if (key == NULL && BIO_reset(bio) == 1)
		key = key_of(PEM_read_bio_X509(bio, NULL, NULL, NULL));
	if (key == NULL)
		key = d2i_PUBKEY(NULL, &at, (long)s.len);
	at = s.ptr;
	if (key == NULL)
		key = key_of(d2i_X509(NULL, &at, (long)s.len));
	BIO_free(bio);
	ERR_clear_error();
	return key;
}

int auditor_key(const char *path, struct buf *out, struct error *e)
{
	struct buf file AUTO(buf_fini) = { .max = AUDITOR_FILE_MAX };
	uint8_t *spki = NULL;
	EVP_PKEY *key;
	int len, r = auditor_read(path, &file, e);

	if (r != 0)
		return r;
	key = parse_key(buf_slice(&file));
	len = key == NULL ? -1 : i2d_PUBKEY(key, &spki);
	EVP_PKEY_free(key);
	if (len > 0)
		buf_put(out, spki, (size_t)len);
	OPENSSL_free(spki);
	return len > 0 ? buf_error(out) :
		error_set(e, ERR_BAD_CERTIFICATE, "%s: neither a public key"
			  " nor a certificate", path);
}

/* --- the head ------------------------------------------------------------- */

static int head_of_file(const char *path, struct verify_options *o,
			struct error *e)
{
	struct buf file AUTO(buf_fini) = { .max = AUDITOR_FILE_MAX };
	struct statement *s = calloc(1, sizeof(*s));
	struct slice text;
	int r = s == NULL ? error_set(e, ERR_NO_MEMORY, "no memory") :
		auditor_read(path, &file, e);

	if (r == 0) {
		text = buf_slice(&file);
		/* An editor, or echo, may have put a line end behind it. */
		if (text.len > 0 && text.ptr[text.len - 1] == '\n')
			text.len--;
		r = statement_parse(text, s, e);
		if (r != 0)
			error_prefix(e, "%s is no checkpoint: ", path);
	}
	if (r == 0) {
		o->head = true;
		o->head_sequence = s->sequence;
		memcpy(o->head_hash, s->hash, CHAIN_HASH);
	}
	free(s);
	return r;
}

int auditor_head(const char *text, struct verify_options *o, struct error *e)
{
	struct buf hash AUTO(buf_fini) = { .max = CHAIN_HASH };

	if (strlen(text) != 2 * CHAIN_HASH || !hex_decode(text, &hash))
		return head_of_file(text, o, e);
	o->head = true;
	o->head_sequence = 0;
	memcpy(o->head_hash, hash.ptr, CHAIN_HASH);
	return 0;
}
