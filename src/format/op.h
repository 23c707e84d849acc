/* SPDX-License-Identifier: Apache-2.0 */
/*
 * op: one signature under way, and what a format has to offer.
 *
 * Internal to src/format: format.c checks the request and calls the format of
 * its kind; raw.c, jws.c and cms.c are the formats.
 */
#ifndef SIGNET_FORMAT_OP_H
#define SIGNET_FORMAT_OP_H

#include "base/buf.h"
#include "base/limits.h"
#include "format/certificate.h"
#include "format/digest.h"
#include "format/format.h"

/* The longest DigestInfo: 19 bytes and a SHA-512 (RFC 8017 9.2 note 1). */
#define FORMAT_DIGEST_INFO_MAX (19 + FORMAT_DIGEST_MAX)

/* Everything but the content: certificates, once more as base64 twice. */
#define FORMAT_MADE_MAX \
	(2 * (LIMIT_CHAIN + 1) * LIMIT_CERTIFICATE + LIMIT_BODY_MEMBERS)

struct format_op {
	const struct format_as *as;
	struct format_input in;
	struct format_tbs tbs;
	size_t signature_len; /* of the raw signature that key can give */
	bool has_sha256;
	uint8_t sha256[FORMAT_SHA256_LEN]; /* of the content */
	uint8_t tbs_bytes[FORMAT_DIGEST_INFO_MAX];
	/* What begin has made of the result; its parts are the format's. */
	struct buf made;
	size_t split; /* CMS: where in made the certificates end */
	/* EdDSA: the message, when it is not the content itself. */
	struct buf message;
	struct format_digest digest;
};

struct format_as {
	/* Fills op->tbs and what finish needs; key is not kept. */
	int (*begin)(struct format_op *op, const struct format_key *key,
		     struct error *e);
	/* signature has the right length. */
	int (*finish)(struct format_op *op, struct slice signature,
		      struct format_sink *sink, struct error *e);
};

extern const struct format_as format_raw;
extern const struct format_as format_jws;
extern const struct format_as format_cms;

/*
 * tbs->data, in bytes[FORMAT_DIGEST_INFO_MAX], for a digest by tbs->hash, as
 * tbs->mechanism (not EdDSA) wants it.
 */
void format_tbs_of_digest(struct format_tbs *tbs, const uint8_t *digest,
			  uint8_t *bytes);

/* op->tbs for the digest by the algorithm's hash (not EdDSA). */
void format_op_sign_digest(struct format_op *op, const uint8_t *digest);
/* op->tbs for an EdDSA message, which stays.  ERR_TOO_LARGE. */
int format_op_sign_message(struct format_op *op, struct slice message,
			   struct error *e) MUST_CHECK;

/* Give bytes of any length to the sink, in pieces of at most 64 KiB. */
int format_sink_put(struct format_sink *sink, struct slice bytes,
		    struct error *e) MUST_CHECK;

/* buf_error() as a returned error. */
int format_buf_error(const struct buf *b, struct error *e) MUST_CHECK;

#endif
