/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: GET /v1/keys.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/json.h"
#include "client/list.h"

struct signet_key {
	const char *uri, *token, *label, *id, *type, *curve;
	json_int_t size;
	int always_authenticate; /* int: jansson's bool */
	json_t *algorithms, *warnings;
	struct buf public_key;
	/* of the certificate; all empty without one */
	struct buf certificate;
	const char *subject, *issuer, *serial, *not_before, *not_after;
	const char *thumbprint;
	json_t *usages, *extended_usages;
};

struct signet_keys {
	struct client_list list;
};

static int read_certificate(struct signet_key *k, json_t *j, struct error *e)
{
	const char *der;
	int r;

	if (j == NULL || json_is_null(j))
		return 0;
	r = client_json_unpack(
		j, e, "{s:s, s:s, s:s, s:s, s:s, s:s, s?o, s?o, s?s}",
		"der", &der, "subject", &k->subject, "issuer", &k->issuer,
		"serial", &k->serial, "not_before", &k->not_before,
		"not_after", &k->not_after, "usages", &k->usages,
		"extended_usages", &k->extended_usages, "x5t#S256",
		&k->thumbprint);
	if (r != 0)
		return r;
	return client_json_bytes(der, "der", &k->certificate, e);
}

static int read_key(void *item, json_t *j, struct error *e)
{
	struct signet_key *k = item;
	const char *spki;
	int r;

	r = client_json_unpack(
		j, e, "{s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:b, s:s, s?o}",
		"uri", &k->uri, "token", &k->token, "label", &k->label, "id",
		&k->id, "type", &k->type, "size", &k->size, "algorithms",
		&k->algorithms, "always_authenticate", &k->always_authenticate,
		"public_key", &spki, "warnings", &k->warnings);
	if (r != 0)
		return r;
	k->curve = json_string_value(json_object_get(j, "curve"));
	r = client_json_bytes(spki, "public_key", &k->public_key, e);
	if (r == 0)
		r = read_certificate(k, json_object_get(j, "certificate"), e);
	return r;
}

static void fini_key(void *item)
{
	struct signet_key *k = item;

	buf_fini(&k->public_key);
	buf_fini(&k->certificate);
}

static const struct client_list_type key_list = {
	.member = "keys",
	.item_size = sizeof(struct signet_key),
	.read = read_key,
	.fini = fini_key,
};

/* Longest query: a URI and two texts, each character as three. */
#define KEYS_PATH_MAX (4u * LIMIT_URI)

static int get_keys(struct signet_client *c, struct client_list *list,
		    const char *token, const char *issuer, const char *purpose)
{
	AUTO(buf_fini) struct buf path;

	buf_init(&path, KEYS_PATH_MAX);
	buf_put_str(&path, "/v1/keys");
	client_http_query(&path, "token", token);
	client_http_query(&path, "issuer", issuer);
	client_http_query(&path, "purpose", purpose);
	if (buf_error(&path) != 0)
		return error_set(&c->error.base, buf_error(&path),
				 "token, issuer or purpose is too long");
	return client_list_get(list, &key_list, c, buf_text(&path));
}

int signet_client_keys(struct signet_client *c, const char *token,
		       const char *issuer, const char *purpose,
		       struct signet_keys **out)
{
	struct signet_keys *k;
	int r = client_begin(c);

	if (r != 0)
		return r;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return error_set(&c->error.base, ERR_NO_MEMORY, "keys");
	r = get_keys(c, &k->list, token, issuer, purpose);
	if (r != 0)
		free(k);
	else
		*out = k;
	return r;
}

void signet_keys_free(struct signet_keys *k)
{
	if (k == NULL)
		return;
	client_list_fini(&k->list);
	free(k);
}

const char *signet_keys_json(const struct signet_keys *k)
{
	return k->list.json;
}

const struct signet_key *signet_keys_at(const struct signet_keys *k, size_t i)
{
	return client_list_at(&k->list, i);
}

const char *signet_key_uri(const struct signet_key *k)
{
	return k->uri;
}

const char *signet_key_token(const struct signet_key *k)
{
	return k->token;
}

const char *signet_key_label(const struct signet_key *k)
{
	return k->label;
}

const char *signet_key_id(const struct signet_key *k)
{
	return k->id;
}

const char *signet_key_type(const struct signet_key *k)
{
	return k->type;
}

const char *signet_key_curve(const struct signet_key *k)
{
	return k->curve;
}

const char *signet_key_subject(const struct signet_key *k)
{
	return k->subject;
}

const char *signet_key_issuer(const struct signet_key *k)
{
	return k->issuer;
}

const char *signet_key_serial(const struct signet_key *k)
{
	return k->serial;
}

const char *signet_key_not_before(const struct signet_key *k)
{
	return k->not_before;
}

const char *signet_key_not_after(const struct signet_key *k)
{
	return k->not_after;
}

const char *signet_key_thumbprint(const struct signet_key *k)
{
	return k->thumbprint;
}

const char *signet_key_algorithm(const struct signet_key *k, size_t i)
{
	return client_json_at(k->algorithms, i);
}

const char *signet_key_usage(const struct signet_key *k, size_t i)
{
	return client_json_at(k->usages, i);
}

const char *signet_key_extended_usage(const struct signet_key *k, size_t i)
{
	return client_json_at(k->extended_usages, i);
}

const char *signet_key_warning(const struct signet_key *k, size_t i)
{
	return client_json_at(k->warnings, i);
}

int64_t signet_key_size(const struct signet_key *k)
{
	return k->size;
}

bool signet_key_always_authenticate(const struct signet_key *k)
{
	return k->always_authenticate != 0;
}

const unsigned char *signet_key_public_key(const struct signet_key *k,
					   size_t *len)
{
	*len = k->public_key.len;
	return k->public_key.ptr;
}

const unsigned char *signet_key_certificate(const struct signet_key *k,
					    size_t *len)
{
	*len = k->certificate.len;
	return k->certificate.ptr;
}
