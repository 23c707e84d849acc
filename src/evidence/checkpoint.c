/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint: the signed head of the chain.
 */
#include "evidence/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/folder.h"
#include "base/limits.h"
#include "base/writer.h"

#define CHECKPOINT_SIGNATURE 64u /* RFC 8032: Ed25519 */

struct checkpoint_key {
	EVP_PKEY *key;
	uint8_t *public;
	size_t public_len;
};

void checkpoint_key_close(struct checkpoint_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->key);
	OPENSSL_free(k->public);
	free(k);
}

struct slice checkpoint_key_public(const struct checkpoint_key *k)
{
	return slice_of(k->public, k->public_len);
}

static int key_failed(const char *path, const char *what, struct error *e)
{
	return error_set(e, ERR_NOT_DURABLE, "%s: %s", path, what);
}

/* A name of its own first: a crash leaves no half a key. */
static int key_make(const char *path, struct error *e)
{
	char made[LIMIT_PATH + 8];
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *file = NULL;
	int fd = -1;
	bool ok;

	snprintf(made, sizeof(made), "%s.new", path);
	unlink(made);
	fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd >= 0)
		file = fdopen(fd, "w");
	ok = key != NULL && file != NULL &&
	     PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 &&
	     fflush(file) == 0 && fsync(fd) == 0;
	EVP_PKEY_free(key);
	if (file != NULL)
		ok = fclose(file) == 0 && ok;
	else
		fd_closep(&fd);
	if (!ok || rename(made, path) != 0)
		return error_set_errno(e, ERR_NOT_DURABLE, errno,
				       "%s: the key cannot be made", path);
	return folder_sync(path, e);
}

static int key_load(const char *path, EVP_PKEY **out, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	FILE *file;

	if (fd < 0)
		return error_set_errno(e, ERR_NOT_DURABLE, errno, "%s", path);
	file = fdopen(fd, "r");
	if (file == NULL || fstat(fd, &st) != 0) {
		close(fd);
		return error_set_errno(e, ERR_NOT_DURABLE, errno, "%s", path);
	}
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
		fclose(file);
		return key_failed(path, "not a file of this user", e);
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		*out = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return error_set(e, ERR_NOT_DURABLE, "%s: others may read it;"
				 " chmod 600 %s", path, path);
	if (*out == NULL || !EVP_PKEY_is_a(*out, "ED25519"))
		return key_failed(path, "no Ed25519 key in PEM", e);
	return 0;
}

int checkpoint_key_open(const char *path, struct checkpoint_key **out,
			struct error *e)
{
	struct checkpoint_key *k = calloc(1, sizeof(*k));
	int len, r = 0;

	if (k == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	if (access(path, F_OK) != 0) {
		r = folder_make_parents(path, 0700, e);
		if (r == 0)
			r = key_make(path, e);
	}
	if (r == 0)
		r = key_load(path, &k->key, e);
	if (r == 0) {
		len = i2d_PUBKEY(k->key, &k->public);
		if (len <= 0)
			r = key_failed(path, "it has no public key", e);
		else
			k->public_len = (size_t)len;
	}
	if (r != 0) {
		checkpoint_key_close(k);
		return r;
	}
	*out = k;
	return 0;
}

void checkpoint_statement(const struct store_checkpoint *last,
			  const struct chain *head, struct slice public,
			  const char *algorithm, const char *time,
			  struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	if (algorithm != NULL)
		writer_text(&j, "algorithm", algorithm);
	writer_int(&j, "checkpoint", (int64_t)last->number + 1);
	writer_hex(&j, "hash", slice_of(head->hash, CHAIN_HASH));
	writer_b64(&j, "key", public);
	writer_hex(&j, "previous", slice_of(last->hash, CHAIN_HASH));
	writer_int(&j, "sequence", (int64_t)head->sequence);
	writer_text(&j, "time", time);
	writer_close(&j, '}');
}

int checkpoint_sign(const struct checkpoint_key *k, struct slice statement,
		    struct buf *out, struct error *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = CHECKPOINT_SIGNATURE;
	uint8_t *at = buf_reserve(out, len);
	bool ok;

	ok = ctx != NULL && at != NULL &&
	     EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->key) == 1 &&
	     EVP_DigestSign(ctx, at, &len, statement.ptr, statement.len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return error_set(e, ERR_CRYPTO,
				 "a checkpoint cannot be signed");
	buf_commit(out, len);
	return 0;
}
