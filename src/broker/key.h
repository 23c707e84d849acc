/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: a key pair on a token and its certificate, as the worker listed it.
 *
 * Counted: a request keeps its key while the token map changes around it.
 * Never changed after key_new() but for its chain, told_expiring, samples, and
 * WIRE_KEY_ALWAYS_AUTH when the first login shows it.
 */
#ifndef SIGNET_BROKER_KEY_H
#define SIGNET_BROKER_KEY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "format/certificate.h"
#include "format/check.h"
#include "format/format.h"
#include "wire/keys.h"

struct error;
struct token;

struct key {
	unsigned refs;
	struct token *token;	  /* lives as long as its module */
	struct wire_key wire;	  /* its slices point into bytes */
	struct buf bytes;
	struct format_public *public;
	struct format_certificate *certificate; /* NULL: none, or unreadable */
	struct slice chain[LIMIT_CHAIN]; /* issuers found on the token */
	size_t chain_len;
	bool chain_built;
	struct buf chain_bytes;
	char uri[LIMIT_URI];
	struct buf answer; /* of the API: what each answer says of this key */
	int64_t told_expiring; /* when, by announce.c; 0: not yet */
	struct key_sample *samples; /* of sampling.c, for each shard; or NULL */
};

/* Copies w.  ERR_BAD_CERTIFICATE: the public key is none; ERR_NO_MEMORY. */
int key_new(struct token *token, const struct wire_key *w, struct key **out,
	    struct error *e) MUST_CHECK;
struct key *key_ref(struct key *k);
void key_unref(struct key *k);

/* Can sign, as opposed to a certificate that is only there for chains. */
bool key_signs(const struct key *k);

/*
 * Has its certificate this key usage or extended usage ("clientAuth"), by
 * name?  False without a certificate.
 */
bool key_has_purpose(const struct key *k, const char *name);

/* The same key with the same certificate, label and flags? */
bool key_equal(const struct key *k, const struct wire_key *w);

/*
 * Find the certificates that lead from k's to a root among all keys of its
 * token, at most LIMIT_CHAIN, without the self-signed root itself.
 */
void key_build_chain(struct key *k, struct key *const *all, size_t count);

/* Its public side, as the formats take it.  Borrowed from k. */
struct format_key key_format(const struct key *k);

/* qsort and bsearch order: by identity. */
int key_compare(const void *a, const void *b);

#endif
