/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authentication: a sign-in to a page.
 */
#include "content/authentication.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/err.h"
#include "base/origin.h"
#include "content/line.h"
#include "content/visible.h"

static int check_nonce(const char *nonce, struct error *e)
{
	size_t len = strlen(nonce);

	if (len < LIMIT_CHALLENGE_LEAST || len > LIMIT_CHALLENGE)
		return error_set(e, ERR_CONTENT, "challenge_nonce has %zu"
				 " characters; %u to %u are wanted", len,
				 LIMIT_CHALLENGE_LEAST, LIMIT_CHALLENGE);
	return content_visible_check_ascii("challenge_nonce",
					   slice_str(nonce), e);
}

static int put_hash(struct buf *out, const char *text, const char *hash,
		    struct error *e)
{
	const EVP_MD *md = EVP_get_digestbyname(hash);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len;

	if (md == NULL ||
	    EVP_Digest(text, strlen(text), digest, &len, md, NULL) != 1)
		return error_set(e, ERR_CRYPTO, "%s failed", hash);
	buf_put(out, digest, len);
	return buf_error(out) == 0 ? 0 : content_line_no_memory(e);
}

int content_authentication_read(struct content *c,
				const struct content_input *in,
				struct error *e)
{
	const struct content_authentication *a = in->authentication;
	int r = 0;

	c->kind = c->inner = CONTENT_AUTHENTICATION;
	c->canonical_made = true;
	if (origin_kind(a->origin) == ORIGIN_NONE)
		r = error_set(e, ERR_CONTENT, "origin is not as a browser"
			      " writes it, such as https://bank.example");
	if (r == 0)
		r = check_nonce(a->nonce, e);
	if (r == 0)
		r = content_line_text(c, "sign-in", a->origin, e);
	if (r == 0)
		r = content_line_text(c, "nonce", a->nonce, e);
	if (r == 0)
		r = put_hash(&c->canonical, a->origin, a->hash, e);
	return r != 0 ? r : put_hash(&c->canonical, a->nonce, a->hash, e);
}

int content_authentication_refuse(struct error *e)
{
	return error_set(e, ERR_CONTENT, "a sign-in is asked for by POST"
			 " /v1/authentications");
}
