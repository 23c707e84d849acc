/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: records, each with the hash of the one before.
 */
#include "evidence/chain.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/writer.h"
#include "format/digest.h"

void chain_hash(struct slice s, uint8_t *out)
{
	const EVP_MD *sha256 = format_digest_md(WIRE_SHA256);

	/* No memory: a hash that no record has, and no verifier finds. */
	if (EVP_Digest(s.ptr, s.len, out, NULL, sha256, NULL) != 1)
		memset(out, 0xff, CHAIN_HASH);
}

void chain_time(int64_t time_ms, char *out)
{
	char seconds[CLOCK_RFC3339_SIZE];

	clock_format(time_ms / 1000, seconds);
	seconds[strcspn(seconds, "Z")] = '\0';
	snprintf(out, CHAIN_TIME_SIZE, "%s.%03dZ", seconds,
		 (int)(time_ms % 1000));
}

bool chain_time_is(const char *text)
{
	int64_t seconds;

	return strlen(text) == strlen("2026-11-24T09:30:00.123Z") &&
	       text[19] == '.' && text[23] == 'Z' &&
	       clock_parse(text, &seconds) == 0;
}

void chain_put(const struct chain *c, struct slice event,
	       const char *time, struct buf *out, struct chain *next)
{
	struct writer j = writer_of(out);

	buf_reset(out);
	writer_open(&j, NULL, '{');
	writer_raw(&j, "event", event);
	writer_hex(&j, "previous", slice_of(c->hash, CHAIN_HASH));
	writer_int(&j, "sequence", (int64_t)c->sequence + 1);
	writer_text(&j, "time", time);
	writer_close(&j, '}');
	next->sequence = c->sequence + 1;
	chain_hash(buf_slice(out), next->hash);
}
