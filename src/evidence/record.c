/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: what is kept of the end of a request.
 */
#include "evidence/record.h"

#include <openssl/sha.h>

#include "base/err.h"
#include "base/hex.h"

#define SHA256_TEXT (2 * SHA256_DIGEST_LENGTH + 1)

/* name="value": quotes and backslashes cannot end the value early. */
static void put_text(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_printf(out, " %s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_put_u8(out, '\\');
		buf_put_u8(out, (uint8_t)*value);
	}
	buf_put_u8(out, '"');
}

static void put_hash(struct buf *out, const char *name, const uint8_t *hash)
{
	char text[SHA256_TEXT];

	hex_encode(slice_of(hash, SHA256_DIGEST_LENGTH), text);
	buf_printf(out, " %s=%s", name, text);
}

void record_line(const struct record *r, struct buf *out)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	buf_printf(out, "%s uid=%u pid=%d", r->outcome, r->uid, (int)r->pid);
	put_text(out, "exe", r->exe);
	put_text(out, "key", r->key);
	put_text(out, "algorithm", r->algorithm);
	put_text(out, "format", r->format);
	put_text(out, "rule", r->rule);
	put_text(out, "name", r->content_name);
	if (r->content_sha256 != NULL)
		put_hash(out, "content-sha256", r->content_sha256);
	if (r->failure == NULL && r->signature.len > 0) {
		SHA256(r->signature.ptr, r->signature.len, hash);
		put_hash(out, "signature-sha256", hash);
	}
	if (r->failure != NULL) {
		put_text(out, "code", err_info(r->failure->code)->code);
		put_text(out, "detail", r->failure->message);
	}
}
