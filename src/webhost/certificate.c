/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: which key, of those that GET /v1/keys has, Web eID means.
 */
#include "webhost/certificate.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"

#define SIGN_IN "clientAuth"
#define SIGNING "nonRepudiation"

static const json_t *member(const json_t *key, const char *name)
{
	return json_object_get(json_object_get(key, "certificate"), name);
}

const char *certificate_of(const json_t *key)
{
	return json_string_value(member(key, "der"));
}

static bool has(const json_t *list, const char *word)
{
	const char *text;

	for (size_t i = 0; i < json_array_size(list); i++) {
		text = json_string_value(json_array_get(list, i));
		if (text != NULL && strcmp(text, word) == 0)
			return true;
	}
	return false;
}

static bool is_valid(const json_t *key, int64_t now)
{
	const char *from = json_string_value(member(key, "not_before"));
	const char *to = json_string_value(member(key, "not_after"));
	int64_t begins, ends;

	return from != NULL && to != NULL && clock_parse(from, &begins) == 0 &&
	       clock_parse(to, &ends) == 0 && now >= begins && now < ends;
}

/* --- algorithms --------------------------------------------------------- */

/* RS, PS or ES, and the bits of the hash; false: Web eID does not have it. */
static bool split(const char *algorithm, unsigned *bits)
{
	char *end;

	if (strncmp(algorithm, "RS", 2) != 0 &&
	    strncmp(algorithm, "PS", 2) != 0 &&
	    strncmp(algorithm, "ES", 2) != 0)
		return false;
	*bits = (unsigned)strtoul(algorithm + 2, &end, 10);
	return *end == '\0';
}

/* Nobody says by which padding: one for each hash, PKCS #1 v1.5 if it can. */
const char *certificate_algorithm(const json_t *key, unsigned bits)
{
	const json_t *all = json_object_get(key, "algorithms");
	const char *found = NULL, *name;
	unsigned its;

	for (size_t i = 0; i < json_array_size(all); i++) {
		name = json_string_value(json_array_get(all, i));
		if (name != NULL && split(name, &its) && its == bits &&
		    (found == NULL || name[0] != 'P'))
			found = name;
	}
	return found;
}

void certificate_put_algorithm(struct writer *j, const char *name,
			       const char *algorithm)
{
	char hash[16];

	snprintf(hash, sizeof(hash), "SHA-%.8s", algorithm + 2);
	writer_open(j, name, '{');
	writer_text(j, "cryptoAlgorithm", algorithm[0] == 'E' ? "ECC" : "RSA");
	writer_text(j, "hashFunction", hash);
	writer_text(j, "paddingScheme", algorithm[0] == 'E' ? "NONE" :
		    algorithm[0] == 'R' ? "PKCS1.5" : "PSS");
	writer_close(j, '}');
}

void certificate_put_algorithms(struct writer *j, const json_t *key)
{
	static const unsigned bits[] = { 256, 384, 512 };

	writer_open(j, "supportedSignatureAlgorithms", '[');
	for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
		const char *name = certificate_algorithm(key, bits[i]);

		if (name != NULL)
			certificate_put_algorithm(j, NULL, name);
	}
	writer_close(j, ']');
}

/* --- choosing ----------------------------------------------------------- */

static bool can_sign(const json_t *key)
{
	return certificate_algorithm(key, 256) != NULL ||
	       certificate_algorithm(key, 384) != NULL ||
	       certificate_algorithm(key, 512) != NULL;
}

static const char *uri_of(const json_t *key)
{
	const char *uri = json_string_value(json_object_get(key, "uri"));

	return uri == NULL ? "" : uri;
}

/* Is a to be taken rather than b? */
static bool is_better(const json_t *a, const json_t *b)
{
	bool first = has(member(a, "usages"), SIGNING);

	if (b == NULL || first != has(member(b, "usages"), SIGNING))
		return b == NULL || first;
	return strcmp(uri_of(a), uri_of(b)) < 0;
}

int certificate_choose(const json_t *keys, int64_t now, const json_t **out,
		       struct error *e)
{
	const json_t *best = NULL, *key;

	for (size_t i = 0; i < json_array_size(keys); i++) {
		key = json_array_get(keys, i);
		if (certificate_of(key) == NULL || !is_valid(key, now) ||
		    has(member(key, "extended_usages"), SIGN_IN) ||
		    !can_sign(key))
			continue;
		if (is_better(key, best))
			best = key;
	}
	if (best == NULL)
		return error_set(e, ERR_NO_SUCH_KEY, "there is no card or token"
				 " with a valid certificate for signing that"
				 " this page may use");
	*out = best;
	return 0;
}

static bool is_certificate(const char *base64, struct slice der)
{
	AUTO(buf_fini) struct buf own = { .max = LIMIT_CERTIFICATE };

	return b64_decode(B64_STD, slice_str(base64), &own) == 0 &&
	       slice_equal(buf_slice(&own), der);
}

int certificate_find(const json_t *keys, struct slice der, const json_t **out,
		     struct error *e)
{
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *key = json_array_get(keys, i);
		const char *base64 = certificate_of(key);

		if (base64 == NULL || !is_certificate(base64, der))
			continue;
		*out = key;
		return 0;
	}
	return error_set(e, ERR_NO_SUCH_KEY, "the card or token of this"
			 " certificate is not there, or this page may not use"
			 " it");
}
