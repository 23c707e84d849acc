/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: what is to be signed, as lines that a person can read.
 *
 * A content whose type is known is read strictly: every line is a part of the
 * bytes that will be signed, and what is in them and not in a line is named in
 * a line.  Everything else is blind: name, size and digest are all there is to
 * show.  docs/content.md has the types and the words of the labels.
 *
 * The folder is pure: bytes in, lines and bytes out.  16 KiB take some 100 us,
 * LIMIT_SHOWN of hostile XML 150 ms: large contents belong into a compute
 * thread.  Texts in lines, names and messages carry no control, direction or
 * invisible character (visible.h).
 */
#ifndef SIGNET_CONTENT_CONTENT_H
#define SIGNET_CONTENT_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/slice.h"

struct content_bank;
struct error;

#define CONTENT_TYPE_PAYMENT "application/vnd.signet.payment+json"
#define CONTENT_TYPE_PAIN001 "application/pain.001+xml"
#define CONTENT_TYPE_DISPLAY_TEXT "application/vnd.signet.display-text+xml"
#define CONTENT_TYPE_BANK_REQUEST "application/vnd.signet.request+jws"
#define CONTENT_TYPE_AUTHENTICATION "application/vnd.signet.authentication"

enum content_kind {
	CONTENT_TEXT,
	CONTENT_PAYMENT,
	CONTENT_PAIN001,
	CONTENT_DISPLAY_TEXT,
	CONTENT_BANK_REQUEST,
	CONTENT_AUTHENTICATION,
	CONTENT_DATA,	/* blind: bytes of an unknown type, or too many */
	CONTENT_DIGEST, /* blind: not even the bytes */
};

/* "text", "payment", "pain.001", "display-text", ...; never NULL. */
const char *content_kind_name(enum content_kind kind);

struct content_line {
	char *label; /* a word of docs/content.md, or the content's own */
	char *value;
	bool own;    /* the label comes from the content: never translate it */
};

/* An exact decimal: at most 21 digits, a point and 17 more, and a NUL. */
#define CONTENT_SUM_SIZE 40

struct content_sum {
	char currency[4]; /* three capitals */
	char value[CONTENT_SUM_SIZE];
};

struct content {
	enum content_kind kind;
	enum content_kind inner; /* what a bank's request holds; else kind */
	bool blind;
	char name[LIMIT_NAME + 1]; /* "" when the caller gave none */
	char media_type[LIMIT_NAME + 1];
	struct content_line *lines;
	size_t lines_count;
	size_t lines_cap;
	struct content_sum *sums; /* one a currency, in order of appearance */
	size_t sums_count;
	char **payees; /* "NAME, ACCOUNT", one a payment, in order */
	size_t payees_count;
	size_t payees_cap;
	unsigned payments;
	bool canonical_made;
	struct buf canonical; /* to be signed, if made, not the data */
	struct content_bank *bank; /* of a bank's request, else NULL: bank.h */
};

/* A sign-in, see authentication.h. */
struct content_authentication {
	const char *origin, *nonce;
	const char *hash; /* OpenSSL's name of the algorithm's: "SHA256" */
};

/*
 * What the caller gave.  One of four:
 *	data	the bytes.  digest may be their SHA-256, already computed
 *		(digest_algorithm "sha-256"): then it is not computed again
 *	payment	JSON text of a payment object; the bytes to sign become its
 *		canonical form
 *	digest	and nothing else: ptr of data and payment is NULL
 *	authentication	and nothing else
 * All is borrowed for the call.
 */
struct content_input {
	const char *media_type; /* NULL: unknown */
	const char *name;	/* NULL: none */
	struct slice data;
	struct slice payment;
	struct slice digest;
	const char *digest_algorithm; /* "sha-256", "sha-384", "sha-512" */
	int64_t size; /* of what was digested, below 0 when not known */
	const struct content_authentication *authentication;
};

/* Once, before the first content_read() of a thread besides the main one. */
void content_start(void);

/*
 * Read a content.  *out is the caller's, to be freed with content_free().
 *
 * ERR_CONTENT	it is not what its media type says, or could not be shown
 *		honestly; the message names the field and says what to do
 * ERR_TOO_LARGE a typed content above LIMIT_SHOWN or LIMIT_LINES (what has no
 *		type, or is text, becomes blind instead)
 * ERR_BANK_REQUEST a bank's request with broken claims.  Who signed it, when
 *		and for whom is not looked at here (content_bank_check())
 * ERR_NO_MEMORY, ERR_CRYPTO
 */
int content_read(const struct content_input *in, struct content **out,
		 struct error *e) MUST_CHECK;

/* NULL is allowed. */
void content_free(struct content *c);
void content_freep(struct content **c); /* for AUTO */

#endif
