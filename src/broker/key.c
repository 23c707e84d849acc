/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: a key pair on a token and its certificate.
 */
#include "broker/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "broker/token.h"
#include "broker/uri.h"

/* What the API says of a key in each answer: its chain in base64, its URI. */
#define KEY_ANSWER_MAX ((LIMIT_CHAIN + 1) * LIMIT_CERTIFICATE * 2)

static struct slice key_keep(struct key *k, size_t *at, struct slice s)
{
	struct slice kept = slice_of(k->bytes.ptr + *at, s.len);

	*at += s.len;
	return kept;
}

static int key_copy(struct key *k, const struct wire_key *w, struct error *e)
{
	size_t at = 0;

	k->wire = *w;
	buf_init(&k->bytes, LIMIT_KEY_ID + LIMIT_SPKI + LIMIT_CERTIFICATE);
	buf_put_slice(&k->bytes, w->id);
	buf_put_slice(&k->bytes, w->spki);
	buf_put_slice(&k->bytes, w->certificate);
	if (buf_error(&k->bytes) != 0)
		return error_set(e, buf_error(&k->bytes), "key %s", w->label);
	k->wire.id = key_keep(k, &at, w->id);
	k->wire.spki = key_keep(k, &at, w->spki);
	k->wire.certificate = key_keep(k, &at, w->certificate);
	return 0;
}

/* One that cannot be read leaves a key without a certificate. */
static int key_certificate(struct key *k, struct error *e)
{
	k->certificate = calloc(1, sizeof(*k->certificate));
	if (k->certificate == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a key");
	if (format_certificate_parse(k->wire.certificate, k->certificate,
				     NULL) == 0)
		return 0;
	free(k->certificate);
	k->certificate = NULL;
	k->wire.certificate.len = 0;
	return 0;
}

int key_new(struct token *token, const struct wire_key *w, struct key **out,
	    struct error *e)
{
	struct key *k = calloc(1, sizeof(*k));
	int r;

	if (k == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a key");
	k->refs = 1;
	k->token = token;
	buf_init(&k->answer, KEY_ANSWER_MAX);
	buf_init(&k->chain_bytes, LIMIT_CHAIN * LIMIT_CERTIFICATE);
	r = key_copy(k, w, e);
	if (r == 0)
		r = format_public_new(k->wire.spki, &k->public, e);
	if (r == 0)
		r = uri_of_key(&token->wire, k->wire.id, k->wire.label, k->uri,
			       sizeof(k->uri), e);
	if (r == 0 && w->certificate.len > 0)
		r = key_certificate(k, e);
	if (r != 0) {
		key_unref(k);
		return r;
	}
	*out = k;
	return 0;
}

struct key *key_ref(struct key *k)
{
	k->refs++;
	return k;
}

void key_unref(struct key *k)
{
	if (k == NULL || --k->refs > 0)
		return;
	format_public_free(k->public);
	free(k->certificate);
	free(k->samples);
	buf_fini(&k->bytes);
	buf_fini(&k->chain_bytes);
	buf_fini(&k->answer);
	free(k);
}

bool key_signs(const struct key *k)
{
	return (k->wire.flags & WIRE_KEY_SIGN) != 0;
}

bool key_has_purpose(const struct key *k, const char *name)
{
	const struct format_certificate *c = k->certificate;

	if (c == NULL)
		return false;
	for (size_t i = 0; i < c->ext_usage_len; i++)
		if (strcmp(c->ext_usage[i], name) == 0)
			return true;
	for (size_t i = 0; i < c->key_usage_len; i++)
		if (strcmp(c->key_usage[i], name) == 0)
			return true;
	return false;
}

bool key_equal(const struct key *k, const struct wire_key *w)
{
	return memcmp(k->wire.identity, w->identity,
		      sizeof(w->identity)) == 0 &&
	       k->wire.flags == w->flags &&
	       strcmp(k->wire.label, w->label) == 0 &&
	       slice_equal(k->wire.id, w->id) &&
	       slice_equal(k->wire.certificate, w->certificate);
}

/* The one certificate among all that issued c, unless c did so itself. */
static const struct key *key_issuer(const struct format_certificate *c,
				    struct key *const *all, size_t count)
{
	if (format_certificate_issued(c, c))
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (all[i]->certificate != NULL &&
		    format_certificate_issued(all[i]->certificate, c))
			return all[i];
	return NULL;
}

void key_build_chain(struct key *k, struct key *const *all, size_t count)
{
	const struct format_certificate *at = k->certificate;
	const struct key *issuer;
	size_t lens[LIMIT_CHAIN], offset = 0;

	/* Once: requests under way read the chain of a key that stays. */
	if (k->chain_built || !key_signs(k))
		return;
	k->chain_built = true;
	while (at != NULL && k->chain_len < LIMIT_CHAIN) {
		issuer = key_issuer(at, all, count);
		if (issuer == NULL ||
		    format_certificate_issued(issuer->certificate,
					      issuer->certificate))
			break;
		lens[k->chain_len++] = issuer->wire.certificate.len;
		buf_put_slice(&k->chain_bytes, issuer->wire.certificate);
		at = issuer->certificate;
	}
	if (buf_error(&k->chain_bytes) != 0)
		k->chain_len = 0;
	for (size_t i = 0; i < k->chain_len; offset += lens[i++])
		k->chain[i] = slice_of(k->chain_bytes.ptr + offset, lens[i]);
}

struct format_key key_format(const struct key *k)
{
	return (struct format_key){
		.type = k->wire.type,
		.curve = k->wire.curve,
		.spki = k->wire.spki,
		.certificate = k->wire.certificate,
		.chain = k->chain,
		.chain_len = k->chain_len,
	};
}

int key_compare(const void *a, const void *b)
{
	const struct key *const *ka = a, *const *kb = b;

	return memcmp((*ka)->wire.identity, (*kb)->wire.identity,
		      WIRE_KEY_IDENTITY);
}
