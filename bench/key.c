/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: a key of the fixtures, as each side names it, and what it signs.
 */
#include "bench/key.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

/* DigestInfo of SHA-256 less the digest (RFC 8017 9.2, note 1). */
static const uint8_t digest_info[] = {
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
};

const char *key_kind_name(enum key_kind kind)
{
	return kind == KEY_RSA ? "RSA-2048" : "P-256";
}

const char *key_kind_alg(enum key_kind kind)
{
	return kind == KEY_RSA ? "RS256" : "ES256";
}

struct slice key_content(void)
{
	static uint8_t content[KEY_CONTENT];

	if (content[0] == 0)
		for (size_t i = 0; i < sizeof(content); i++)
			content[i] = (uint8_t)('a' + i % 26);
	return slice_of(content, sizeof(content));
}

size_t key_tbs(enum key_kind kind, uint8_t *out)
{
	struct slice content = key_content();
	size_t head = kind == KEY_RSA ? sizeof(digest_info) : 0;

	memcpy(out, digest_info, head);
	SHA256(content.ptr, content.len, out + head);
	return head + SHA256_DIGEST_LENGTH;
}

int key_serial(const char *fixtures, const char *nick, char *out,
	       struct error *e)
{
	char path[LIMIT_PATH], found[64], serial[17];
	int r = ERR_CONFIG;
	FILE *f;

	snprintf(path, sizeof(path), "%s/serials", fixtures);
	f = fopen(path, "re");
	if (f == NULL)
		return error_set_errno(e, ERR_CONFIG, errno, "%s", path);
	while (r != 0 && fscanf(f, "%63s %16s", found, serial) == 2)
		if (strcmp(found, nick) == 0)
			r = 0;
	fclose(f);
	if (r != 0)
		return error_set(e, r, "%s: no token %s", path, nick);
	memcpy(out, serial, sizeof(serial));
	return 0;
}

static int key_read_public(struct key *k, const char *fixtures,
			   const char *file, struct error *e)
{
	char path[LIMIT_PATH];
	FILE *f;

	snprintf(path, sizeof(path), "%s/pub/%s.pem", fixtures, file);
	f = fopen(path, "re");
	if (f == NULL)
		return error_set_errno(e, ERR_CONFIG, errno, "%s", path);
	k->public = PEM_read_PUBKEY(f, NULL, NULL, NULL);
	fclose(f);
	return k->public != NULL ? 0 :
		error_set(e, ERR_CONFIG, "%s: no public key", path);
}

int key_open(struct key *k, enum key_kind kind, const char *fixtures,
	     const char *nick, const char *object, const char *file,
	     struct error *e)
{
	char serial[17];
	int r = key_serial(fixtures, nick, serial, e);

	if (r != 0)
		return r;
	k->kind = kind;
	k->object = object;
	k->public = NULL;
	snprintf(k->uri, sizeof(k->uri), "pkcs11:serial=%s;object=%s", serial,
		 object);
	return file == NULL ? 0 : key_read_public(k, fixtures, file, e);
}

void key_close(struct key *k)
{
	EVP_PKEY_free(k->public);
	k->public = NULL;
}

int key_verify(const struct key *k, struct slice signature, struct error *e)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct slice content = key_content();
	bool good = md != NULL &&
		EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL,
				     k->public) == 1 &&
		EVP_DigestVerify(md, signature.ptr, signature.len, content.ptr,
				 content.len) == 1;

	EVP_MD_CTX_free(md);
	return good ? 0 : error_set(e, ERR_MISMATCH,
				    "a signature by %s does not verify",
				    k->object);
}
