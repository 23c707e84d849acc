/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: GET /v1/keys?token=&issuer=&purpose=.
 */
#include "api/exchange.h"
#include "api/route.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/writer.h"
#include "broker/authorise.h"
#include "broker/uri.h"

/* A certificate that ends within this time is worth a warning. */
#define KEYS_EXPIRES_SOON (30 * INT64_C(86400))

/* What the query asks for; NULL: everything. */
struct filter {
	const struct uri *token;
	const char *issuer;
	const char *purpose;
};

static const char *const kty[] = { [WIRE_KEY_RSA] = "RSA",
				   [WIRE_KEY_EC] = "EC",
				   [WIRE_KEY_ED] = "OKP" };

static void put_algorithms(struct writer *j, const struct key *k)
{
	const struct format_alg *algs;
	size_t count;

	algs = format_alg_all(&count);
	writer_open(j, "algorithms", '[');
	for (size_t i = 0; i < count; i++)
		if (format_alg_fits(&algs[i], k->wire.type, k->wire.curve))
			writer_text(j, NULL, algs[i].name);
	writer_close(j, ']');
}

static void put_time(struct writer *j, const char *name, int64_t when)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_format(when, text);
	writer_text(j, name, text);
}

static void put_certificate(struct writer *j, const struct key *k)
{
	const struct format_certificate *c = k->certificate;

	if (c == NULL) {
		writer_null(j, "certificate");
		return;
	}
	writer_open(j, "certificate", '{');
	writer_b64(j, "der", k->wire.certificate);
	writer_text(j, "subject", c->subject);
	writer_text(j, "issuer", c->issuer);
	writer_text(j, "serial", c->serial);
	put_time(j, "not_before", c->not_before);
	put_time(j, "not_after", c->not_after);
	writer_open(j, "usages", '[');
	for (size_t i = 0; i < c->key_usage_len; i++)
		writer_text(j, NULL, c->key_usage[i]);
	writer_close(j, ']');
	writer_open(j, "extended_usages", '[');
	for (size_t i = 0; i < c->ext_usage_len; i++)
		writer_text(j, NULL, c->ext_usage[i]);
	writer_close(j, ']');
	writer_b64url(j, "x5t#S256", slice_of(c->sha256, sizeof(c->sha256)));
	writer_close(j, '}');
}

static void put_warnings(struct writer *j, const struct key *k, int64_t now)
{
	const struct format_certificate *c = k->certificate;

	writer_open(j, "warnings", '[');
	if (c == NULL)
		writer_text(j, NULL, "no certificate: nobody can tell whose key"
			  " this is");
	else if (now >= c->not_after)
		writer_text(j, NULL, "the certificate has expired");
	else if (now < c->not_before)
		writer_text(j, NULL, "the certificate is not valid yet");
	else if (c->not_after - now < KEYS_EXPIRES_SOON)
		writer_text(j, NULL, "the certificate expires within 30 days");
	writer_close(j, ']');
}

static void put_key(struct writer *j, const struct key *k, int64_t now)
{
	const struct wire_key *w = &k->wire;

	writer_open(j, NULL, '{');
	writer_text(j, "uri", k->uri);
	writer_text(j, "token", k->token->uri);
	writer_text(j, "label", w->label);
	writer_hex(j, "id", w->id);
	writer_text(j, "type", kty[w->type]);
	writer_int(j, "size", w->bits);
	writer_text_or_null(j, "curve", w->curve);
	put_algorithms(j, k);
	writer_bool(j, "always_authenticate",
		  (w->flags & WIRE_KEY_ALWAYS_AUTH) != 0);
	writer_b64(j, "public_key", w->spki);
	put_certificate(j, k);
	put_warnings(j, k, now);
	writer_close(j, '}');
}

static bool filter_key(const struct filter *f, const struct key *k)
{
	const struct format_certificate *c = k->certificate;

	if (!key_signs(k))
		return false;
	if (f->issuer != NULL &&
	    (c == NULL || strcmp(c->issuer, f->issuer) != 0))
		return false;
	return f->purpose == NULL || key_has_purpose(k, f->purpose);
}

static void put_keys(struct writer *j, const struct exchange *x,
		     const struct filter *f)
{
	const struct broker *b = x->broker;
	const struct module *m;
	const struct token *t;
	int64_t now = clock_unix();

	writer_open(j, "keys", '[');
	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry) {
			if (t->state == TOKEN_ABSENT ||
			    (f->token != NULL &&
			     !uri_matches_token(f->token, &t->wire)))
				continue;
			for (size_t i = 0; i < t->keys_count; i++)
				if (filter_key(f, t->keys[i]) &&
				    authorise_sees(b, x->caller, t->keys[i]))
					put_key(j, t->keys[i], now);
		}
	writer_close(j, ']');
}

static void keys_answer(struct exchange *x)
{
	const char *uri = exchange_query(x, "token");
	AUTO(uri_freep) struct uri *token = NULL;
	struct filter f;
	struct error e;
	struct buf text;
	struct writer j = writer_of(&text);

	if (uri != NULL && uri_parse(uri, &token, &e) != 0) {
		exchange_refuse(x, &e, NULL);
		return;
	}
	f.token = token;
	f.issuer = exchange_query(x, "issuer");
	f.purpose = exchange_query(x, "purpose");
	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	put_keys(&j, x, &f);
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

void api_keys_get(struct exchange *x)
{
	if (!exchange_wait(x, NULL, LIMIT_LIST_WAIT_MS, keys_answer))
		keys_answer(x);
}
