/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item: one content of a request, and its signature.
 *
 * A request has one, a batch several.  Each step is pure work on the item's
 * own memory, so that it may run in a compute thread.
 */
#ifndef SIGNET_BROKER_ITEM_H
#define SIGNET_BROKER_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "broker/spool.h"
#include "content/content.h"
#include "format/format.h"
#include "wire/sign.h"

struct error;
struct key;
struct settings;

/* How all items of a request are to be signed. */
struct item_order {
	enum format_kind format;
	const struct format_alg *alg;
	bool detached;
	bool ecdsa_der;
};

struct item {
	/* Filled by the API. */
	char name[LIMIT_NAME + 1];
	char media_type[LIMIT_NAME + 1]; /* "" for a digest */
	struct spool data;
	bool has_data;	   /* the content came as bytes */
	bool payment;	   /* data is the JSON text of a payment object */
	uint8_t digest[64];
	size_t digest_len; /* not 0: blind, there is no data */
	enum wire_hash digest_hash;
	const char *digest_algorithm; /* static: "sha-256", ... */
	int64_t size;	   /* of a digest's content, by the caller; -1 */
	/* A sign-in, with its hash once the algorithm is known; borrowed. */
	const struct content_authentication *authentication;

	/* Of the way through. */
	struct slice bytes; /* all of data, once read */
	struct content *content;
	struct format_op *op;
	uint8_t raw[LIMIT_SIGNATURE]; /* as the token gave it */
	size_t raw_len;		      /* 0: not signed */
	bool checked;		      /* verified: sampling.h */
	struct spool result;
	struct slice signature; /* in its format; once finished */
};

void item_init(struct item *i, const char *spool);
void item_fini(struct item *i);

/* Too large to be worked on in the loop? */
bool item_large(const struct item *i);

/* What it is and shows: i->content.  ERR_CONTENT, ERR_TOO_LARGE, ... */
int item_read(struct item *i, struct error *e) MUST_CHECK;

/* The bytes to be signed: i->op.  As format_begin(). */
int item_begin(struct item *i, const struct item_order *order,
	       const struct key *k, int64_t now, struct error *e) MUST_CHECK;

/* What the worker is asked for it; borrowed from i. */
void item_tbs(const struct item *i, struct wire_sign_item *out);

/* The token's answer.  ERR_PROTOCOL: of no possible length. */
int item_signed(struct item *i, struct slice raw, struct error *e) MUST_CHECK;

/*
 * Verify i->raw (unless check is false) and put it into its format.
 * ERR_MISMATCH; else as format_finish().
 */
int item_finish(struct item *i, const struct key *k, bool check,
		struct error *e) MUST_CHECK;

/* Not needed any more once the end is recorded: all but the result. */
void item_forget(struct item *i);

#endif
