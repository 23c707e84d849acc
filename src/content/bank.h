/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank: a request that a bank signed, application/vnd.signet.request+jws.
 *
 * A JWS (RFC 7515, compact) whose header has "typ":"signet-request+jws" and
 * whose payload are these claims, all of them and no other:
 *
 *	{ "iss": "https://bank.example", "aud": "...", "jti": "...",
 *	  "iat": 1795426200, "exp": 1795426800, "nonce": "...",
 *	  "content": { "media_type": "...", "name": "...",
 *	               "payment": {...}  or  "data": "<base64>" } }
 *
 * The customer signs the whole JWS.  Here it is only read: src/format verifies
 * the signature, with a key that the policy pins to the issuer, and the broker
 * refuses a jti that it has seen.
 */
#ifndef SIGNET_CONTENT_BANK_H
#define SIGNET_CONTENT_BANK_H

#include "content/content.h"

struct content_bank {
	char iss[LIMIT_NAME + 1]; /* the bank's origin */
	char aud[LIMIT_NAME + 1]; /* for whom: a customer, a terminal */
	char jti[LIMIT_NAME + 1]; /* never twice */
	char nonce[LIMIT_NAME + 1];
	int64_t iat, exp; /* seconds since 1970 */
	char media_type[LIMIT_NAME + 1];
	char name[LIMIT_NAME + 1]; /* "" if none */
	bool is_payment;
	struct buf inner; /* the payment's canonical JSON, or the data */
};

/* The parts of a compact JWS, decoded.  For AUTO: content_bank_parts_fini. */
struct content_bank_parts {
	struct buf header, payload, signature;
	struct slice signed_text; /* "header.payload" in the JWS; borrowed */
};

/*
 * Split a compact JWS.  ERR_BANK_REQUEST: not three parts in base64url, a
 * header that is no JSON object or of another typ, or one that has crit or b64,
 * ERR_TOO_LARGE: above LIMIT_BANK_REQUEST.
 */
int content_bank_split(struct slice jws, struct content_bank_parts *out,
		       struct error *e) MUST_CHECK;
void content_bank_parts_fini(struct content_bank_parts *p);

/*
 * Read the claims, strictly.  out->inner is the caller's, whatever is returned
 * (content_bank_fini()).  ERR_BANK_REQUEST: a claim that is missing, unknown,
 * doubled or of another type; ERR_CONTENT: a payment that is none.
 */
int content_bank_claims(struct slice payload, struct content_bank *out,
			struct error *e) MUST_CHECK;
void content_bank_fini(struct content_bank *b);
void content_bank_free(struct content_bank *b); /* NULL is allowed */

/*
 * Is it from this bank, for this audience (NULL: not looked at) and for now?
 * ERR_BANK_REQUEST with the reason.
 */
int content_bank_check(const struct content_bank *b, const char *iss,
		       const char *aud, int64_t now, struct error *e)
	MUST_CHECK;

/*
 * The lines of what the bank asks for, after "bank.issuer", "bank.audience",
 * "bank.request", "bank.nonce", "bank.issued" and "bank.expires".  c->bank has
 * the claims, for content_bank_check().
 */
int content_bank_read(struct content *c, const struct content_input *in,
		      struct error *e) MUST_CHECK;

#endif
