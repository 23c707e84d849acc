/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blind: contents that nobody can read.
 */
#include "content/blind.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/err.h"
#include "base/hex.h"
#include "content/line.h"

static const struct {
	const char *name;
	size_t len;
} digests[] = { { "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 } };

static int blind_head(struct content *c, const char *why, int64_t size,
		      struct error *e)
{
	char text[32];
	int r = content_line_text(c, "blind", why, e);

	c->blind = true;
	if (r == 0 && c->name[0] != '\0')
		r = content_line_text(c, "name", c->name, e);
	if (r == 0 && c->media_type[0] != '\0')
		r = content_line_text(c, "media-type", c->media_type, e);
	if (r != 0 || size < 0)
		return r;
	snprintf(text, sizeof(text), "%" PRId64, size);
	return content_line_text(c, "size", text, e);
}

static int blind_digest_line(struct content *c, const char *algorithm,
			     struct slice digest, struct error *e)
{
	char hex[2 * 64 + 1];

	for (size_t i = 0; algorithm != NULL && i < ARRAY_LEN(digests); i++) {
		if (strcmp(algorithm, digests[i].name) != 0 ||
		    digest.len != digests[i].len)
			continue;
		hex_encode(digest, hex);
		return content_line_text(c, digests[i].name, hex, e);
	}
	return error_set(e, ERR_CONTENT,
			 "the digest is not one of sha-256 (32 bytes), sha-384"
			 " (48) or sha-512 (64)");
}

int content_blind_data(struct content *c, const struct content_input *in,
		       const char *why, struct error *e)
{
	uint8_t sha256[EVP_MAX_MD_SIZE];
	const void *data = in->data.len == 0 ? "" : (const void *)in->data.ptr;
	int r = blind_head(c, why, (int64_t)in->data.len, e);

	c->kind = c->inner = CONTENT_DATA;
	if (r != 0)
		return r;
	if (in->digest.len > 0)
		return blind_digest_line(c, in->digest_algorithm, in->digest,
					 e);
	if (EVP_Digest(data, in->data.len, sha256, NULL, EVP_sha256(), NULL) !=
	    1)
		return error_set(e, ERR_CRYPTO, "SHA-256 failed");
	return blind_digest_line(c, "sha-256", slice_of(sha256, 32), e);
}

int content_blind_digest(struct content *c, const struct content_input *in,
			 struct error *e)
{
	int r = blind_head(c, CONTENT_BLIND_DIGEST, in->size, e);

	c->kind = c->inner = CONTENT_DIGEST;
	if (r != 0)
		return r;
	return blind_digest_line(c, in->digest_algorithm, in->digest, e);
}
