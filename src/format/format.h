/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format: a signature as an object, in two phases.
 *
 *	format_begin	content + key        -> the exact bytes to be signed
 *	(the token signs them, elsewhere)
 *	format_finish	+ the raw signature  -> the signature in its format
 *
 * Pure: no I/O, no clock, no randomness; both may run in any thread, for
 * different objects at the same time.
 */
#ifndef SIGNET_FORMAT_FORMAT_H
#define SIGNET_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "format/alg.h"

struct error;

enum format_kind {
	FORMAT_RAW, /* ECDSA as DER Ecdsa-Sig-Value, or r||s: ecdsa_der */
	FORMAT_JWS, /* RFC 7515 compact; detached: RFC 7797, b64=false */
	FORMAT_CMS, /* RFC 5652 SignedData with CAdES-B-B attributes */
};

/* "raw", "jws", "cms": the names of the API; and back (false: none of them). */
const char *format_kind_name(enum format_kind kind);
bool format_kind_by_name(const char *name, enum format_kind *out);

/*
 * The public side of the key that will sign.  All borrowed, and only for
 * format_begin(): what the result needs of it is copied.
 */
struct format_key {
	enum wire_key_type type;
	const char *curve;	    /* "" for RSA */
	struct slice spki;	    /* DER SubjectPublicKeyInfo */
	struct slice certificate;   /* DER; empty when the key has none */
	const struct slice *chain;  /* further ones, leaf's issuer first */
	size_t chain_len;
};

struct format_input {
	enum format_kind kind;
	const struct format_alg *alg;
	bool detached;	    /* JWS, CMS: the content is not in the result */
	bool ecdsa_der;	    /* RAW and ECDSA only */
	int64_t signing_time; /* CMS signingTime, seconds since 1970 */
	/*
	 * What is signed: the content, or, when digest.len is not 0, its digest
	 * by the algorithm's hash (a blind request; content is empty then).  A
	 * digest needs detached for CMS and cannot be used for JWS and EdDSA.
	 * Borrowed: has to stay until format_finish() has returned.
	 */
	struct slice content;
	struct slice digest;
};

/* What the token is asked for, and what the check verifies. */
struct format_tbs {
	enum wire_mechanism mechanism;
	enum wire_hash hash; /* of the data (RSA, ECDSA); NONE for EdDSA */
	struct slice data;   /* as wire_sign_req.data has it */
};

struct format_op; /* one signature under way; opaque, heap */

/*
 * ERR_IMPOSSIBLE: the key cannot do the algorithm, the digest has the wrong
 * length, the format does not take it, CMS without a certificate;
 * ERR_TOO_LARGE: EdDSA over more than LIMIT_EDDSA_MESSAGE;
 * ERR_BAD_CERTIFICATE: the certificate is not one or is of another key;
 * ERR_CRYPTO, ERR_NO_MEMORY.
 */
int format_begin(const struct format_input *in, const struct format_key *key,
		 struct format_op **out, struct error *e) MUST_CHECK;

/* Valid as long as op. */
const struct format_tbs *format_op_tbs(const struct format_op *op);

/*
 * SHA-256 of the content (not of the tbs), 32 bytes; NULL for a digest.  For
 * the evidence and the answer; made once, with the hashing of begin.
 */
const uint8_t *format_op_content_sha256(const struct format_op *op);

/* Where format_finish() writes: a buffer, or a file for large results. */
struct format_sink {
	int (*put)(struct format_sink *sink, struct slice piece,
		   struct error *e);
};

/* A sink into a buffer. */
struct format_buf_sink {
	struct format_sink sink;
	struct buf *buf;
};
void format_buf_sink_init(struct format_buf_sink *s, struct buf *buf);

/*
 * Put the raw signature (as PKCS#11 gives it) in.  The result goes to the sink
 * in pieces of at most 64 KiB: raw bytes for RAW, ASCII for JWS, DER for CMS.
 * ERR_PROTOCOL: the signature has an impossible length; else what the sink
 * returned.
 */
int format_finish(struct format_op *op, struct slice signature,
		  struct format_sink *sink, struct error *e) MUST_CHECK;

/* NULL is allowed.  Borrowed slices are not touched. */
void format_op_free(struct format_op *op);

#endif
