/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank: is a bank's request what the policy's rule wants of it?
 */
#include "broker/bank.h"

#include <jansson.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/clock.h"
#include "broker/broker.h"
#include "content/bank.h"
#include "evidence/seen.h"
#include "format/verify.h"

/* The key that a rule pins. */
struct pin_key {
	uint8_t *der; /* OpenSSL's allocator */
	long len;
	struct slice spki; /* in der */
};

static void pin_key_fini(struct pin_key *k)
{
	OPENSSL_free(k->der);
}

/* A pinned certificate counts only while it is valid, as anywhere else. */
static int pin_key_certificate(struct pin_key *k, const char *path,
			       int64_t now, struct error *e)
{
	struct format_certificate c;
	int r = format_certificate_parse(slice_of(k->der, (size_t)k->len), &c,
					 e);

	if (r != 0) {
		error_prefix(e, "%s: ", path);
		return r;
	}
	if (now < c.not_before || now > c.not_after)
		return error_set(e, ERR_BAD_CERTIFICATE, "%s: the bank's"
				 " certificate %s; install the new one", path,
				 now > c.not_after ? "has expired" :
				 "is not valid yet");
	k->spki = c.spki;
	return 0;
}

static int pin_key_open(struct pin_key *k, const char *path, int64_t now,
			struct error *e)
{
	char *name = NULL, *header = NULL;
	BIO *in = BIO_new_file(path, "re");
	bool is_certificate = false, found = false;

	while (in != NULL && !found &&
	       PEM_read_bio(in, &name, &header, &k->der, &k->len) == 1) {
		is_certificate = strcmp(name, PEM_STRING_X509) == 0;
		found = is_certificate || strcmp(name, PEM_STRING_PUBLIC) == 0;
		OPENSSL_free(name);
		OPENSSL_free(header);
		if (!found) {
			OPENSSL_free(k->der);
			k->der = NULL;
		}
	}
	BIO_free(in);
	if (!found)
		return error_set(e, ERR_BAD_CERTIFICATE, "%s has no PEM"
				 " certificate and no PEM public key", path);
	if (is_certificate)
		return pin_key_certificate(k, path, now, e);
	k->spki = slice_of(k->der, (size_t)k->len);
	return 0;
}

int bank_pin_check(const char *path, struct error *e)
{
	AUTO(pin_key_fini) struct pin_key k = { .der = NULL };

	return pin_key_open(&k, path, clock_unix(), e);
}

static const struct format_alg *bank_alg(const struct buf *header)
{
	json_auto_t *root = json_loadb((const char *)header->ptr, header->len,
				       JSON_REJECT_DUPLICATES, NULL);
	const char *alg = json_string_value(json_object_get(root, "alg"));

	return alg == NULL ? NULL : format_alg_by_name(alg);
}

/*
 * Intact, by the key that was given: the rule says whose that is, so there is
 * no chain to look for.
 */
static bool bank_intact(const struct format_report *r)
{
	return r->verdict == FORMAT_TOTAL_PASSED ||
	       (r->verdict == FORMAT_INDETERMINATE &&
		strcmp(r->sub, "NO_CERTIFICATE_CHAIN_FOUND") == 0);
}

/* By the pinned key and no other: what the header says of keys is not read. */
static int bank_signature(const struct item *i, const struct pin_key *k,
			  int64_t now, struct error *e)
{
	AUTO(content_bank_parts_fini) struct content_bank_parts parts = {
		.signed_text = { NULL, 0 }
	};
	struct format_trust trust = { .time = now, .signer = k->spki };
	const struct format_alg *alg;
	struct format_report report;
	int r = content_bank_split(i->bytes, &parts, e);

	if (r != 0)
		return r;
	alg = bank_alg(&parts.header);
	if (alg == NULL)
		return error_set(e, ERR_BANK_REQUEST, "the bank's request has"
				 " no algorithm that is known here");
	r = format_verify_raw(buf_slice(&parts.signature), alg,
			      parts.signed_text, &trust, &report, e);
	if (r == 0 && !bank_intact(&report))
		r = error_set(e, ERR_BANK_REQUEST, "the bank's request is not"
			      " signed by the key that the policy pins: %s",
			      report.text);
	return r;
}

static int bank_seen(struct broker *b, const struct content_bank *claims,
		     int64_t now, struct error *e)
{
	int r = 0;

	if (b->seen == NULL)
		r = seen_open(b->settings->state, &b->seen, e);
	return r != 0 ? r : seen_add(b->seen, claims->iss, claims->jti,
				     claims->exp, now, e);
}

static int bank_item(struct request *r, const struct item *i,
		     const struct pin_key *k, int64_t now, struct error *e)
{
	const struct policy_rule *rule = r->verdict.rule;
	const struct content_bank *claims = i->content->bank;
	const char *iss = rule->bank_issuer;
	int failed = bank_signature(i, k, now, e);

	if (failed != 0)
		return failed;
	if (iss == NULL && r->caller.origin[0] != '\0')
		iss = r->caller.origin;
	failed = content_bank_check(claims, iss == NULL ? claims->iss : iss,
				    rule->audience, now, e);
	return failed != 0 ? failed : bank_seen(r->broker, claims, now, e);
}

int bank_check(struct request *r, struct error *e)
{
	AUTO(pin_key_fini) struct pin_key k = { .der = NULL };
	const struct policy_rule *rule = r->verdict.rule;
	int64_t now = clock_unix();
	int failed = 0;

	for (unsigned i = 0; i < r->count && failed == 0; i++) {
		if (r->items[i].content->kind != CONTENT_BANK_REQUEST)
			continue;
		if (rule->bank == NULL)
			return error_set(e, ERR_BANK_REQUEST, "rule \"%s\" pins"
					 " no key of a bank, so nobody can tell"
					 " who made this request", rule->name);
		if (k.der == NULL)
			failed = pin_key_open(&k, rule->bank, now, e);
		if (failed == 0)
			failed = bank_item(r, &r->items[i], &k, now, e);
	}
	return failed;
}
