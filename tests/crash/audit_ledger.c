/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_ledger: each signature that a client holds has one record, and none was
 * made twice.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "tests/crash/audit.h"

struct line {
	char kind[8]; /* onceP, onceR, freeP, freeR */
	char name[64];
	unsigned count;
	json_t *answer;
};

static EVP_PKEY *read_key(const char *path)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key = file == NULL ? NULL :
		PEM_read_PUBKEY(file, NULL, NULL, NULL);

	if (key == NULL) {
		printf("audit: no public key: %s\n", path);
		exit(EXIT_FAILURE);
	}
	fclose(file);
	return key;
}

static bool verify(EVP_PKEY *key, const char *content, const struct buf *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) ==
		    1 && EVP_DigestVerify(ctx, sig->ptr, sig->len,
					  (const uint8_t *)content,
					  strlen(content)) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static const json_t *signature_of(const json_t *answer, unsigned n)
{
	const json_t *items = json_object_get(answer, "items");

	if (items == NULL)
		return json_object_get(answer, "signature");
	return json_object_get(json_array_get(items, n), "signature");
}

/* It verifies, and is what the record says. */
static void check_signature(struct audit *a, const struct line *l, unsigned n,
			    const json_t *event, EVP_PKEY *key)
{
	AUTO(buf_fini) struct buf sig;
	const char *text = json_string_value(signature_of(l->answer, n)), *says;
	char content[96], is[AUDIT_HEX];

	buf_init(&sig, 4096);
	if (text == NULL || b64_decode(B64_STD, slice_str(text), &sig) != 0) {
		audit_found(a, "%s: no signature %u", l->name, n);
		return;
	}
	snprintf(content, sizeof(content), "%s %u", l->name, n);
	if (!verify(key, content, &sig))
		audit_found(a, "%s: signature %u does not verify", l->name, n);
	audit_sha256(sig.ptr, sig.len, is);
	says = json_string_value(json_object_get(
		json_array_get(json_object_get(event, "items"), n),
		"signature"));
	if (says == NULL || strcmp(says, is) != 0)
		audit_found(a, "lost: %s: signature %u is not in its record",
			    l->name, n);
}

static bool same_text(const json_t *a, const json_t *b)
{
	return json_is_string(a) && json_equal(a, b);
}

static void check_record(struct audit *a, const struct line *l,
			 const json_t *record, EVP_PKEY *key)
{
	const json_t *event = json_object_get(record, "event");
	const json_t *at = json_object_get(l->answer, "evidence");
	const char *id = json_is_string(json_object_get(l->answer, "id")) ?
			 "id" : "request"; /* of a problem */

	if (!same_text(json_object_get(event, "request"),
		       json_object_get(l->answer, id)) ||
	    !same_text(json_object_get(record, "hash"),
		       json_object_get(at, "hash")) ||
	    !json_equal(json_object_get(record, "sequence"),
			json_object_get(at, "seq")))
		audit_found(a, "lost: %s: the answer names another record",
			    l->name);
	if (json_integer_value(json_object_get(event, "signed")) != l->count)
		audit_found(a, "%s: %u signatures, and its record says others",
			    l->name, l->count);
	for (unsigned i = 0; i < l->count; i++)
		check_signature(a, l, i, event, key);
}

static void check_line(struct audit *a, const struct line *l,
		       EVP_PKEY *const keys[2])
{
	const char *by = strncmp(l->kind, "once", 4) == 0 ? l->name :
		json_string_value(json_object_get(l->answer, "id"));
	const json_t *list;

	if (by == NULL)
		by = json_string_value(json_object_get(l->answer, "request"));
	list = by == NULL ? NULL : json_object_get(a->signed_by, by);
	if (list == NULL) {
		audit_found(a, "lost: %s: a client holds %u signatures that"
			    " no record has", l->name, l->count);
		return;
	}
	if (json_array_size(list) != 1)
		audit_found(a, "%s: signed %zu times", l->name,
			    json_array_size(list));
	check_record(a, l, json_array_get(list, 0), keys[l->kind[4] == 'R']);
	/* A client has what it has asked for. */
	json_object_set_new(a->signed_by, by, json_null());
}

static bool read_line(FILE *file, char **text, size_t *cap, struct line *out)
{
	ssize_t len = getline(text, cap, file);
	int at = 0;

	if (len < 0)
		return false;
	if (sscanf(*text, "%7s %63s %u %*u %n", out->kind, out->name,
		   &out->count, &at) < 3 || at == 0)
		return false;
	out->answer = json_loads(*text + at, 0, NULL);
	return out->answer != NULL;
}

/* Everybody asked until there was an answer: nothing else was signed. */
static void check_rest(struct audit *a)
{
	const char *name;
	json_t *list;

	json_object_foreach(a->signed_by, name, list) {
		const json_t *event = json_object_get(json_array_get(list, 0),
						      "event");

		if (json_is_array(list) &&
		    json_object_get(event, "idempotency_key") != NULL)
			audit_found(a, "%s: signed %zu times, and nobody holds"
				    " it", name, json_array_size(list));
	}
}

void audit_ledger(struct audit *a, const char *ledger,
		  const char *const keys[2])
{
	EVP_PKEY *public[2] = { read_key(keys[0]), read_key(keys[1]) };
	FILE *file = fopen(ledger, "re");
	struct line line;
	char *text = NULL;
	size_t cap = 0;

	if (file == NULL) {
		printf("audit: no ledger: %s\n", ledger);
		exit(EXIT_FAILURE);
	}
	while (read_line(file, &text, &cap, &line)) {
		check_line(a, &line, public);
		json_decref(line.answer);
	}
	if (!feof(file))
		audit_found(a, "a line of the ledger cannot be read");
	check_rest(a);
	free(text);
	fclose(file);
	EVP_PKEY_free(public[0]);
	EVP_PKEY_free(public[1]);
}
