/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws: JSON Web Signature, compact serialization (RFC 7515 7.1); detached
 * with unencoded payload (RFC 7797, "b64":false).
 *
 * The protected header, members always in this order:
 *	alg		RFC 7518 3.1, RFC 8037 3.1
 *	x5c, x5t#S256	with a certificate: leaf first (RFC 7515 4.1.6, 4.1.8)
 *	kid		without one: base64url of the SHA-256 of the DER
 *			SubjectPublicKeyInfo, which Signet knows a key by
 *	b64, crit	detached
 *
 * op->made is the encoded header.
 */
#include "format/jws.h"

#include <string.h>

#include "base/b64.h"
#include "base/err.h"
#include "format/op.h"

/* base64 makes 4 characters of 3 bytes: a piece that ends on a border. */
#define JWS_PIECE (FORMAT_PIECE / 4 * 3)

static const struct slice dot = { (const uint8_t *)".", 1 };

static int put_hash(struct buf *json, struct format_op *op, struct slice of,
		    struct error *e)
{
	uint8_t digest[FORMAT_DIGEST_MAX];
	int r = format_digest_of(&op->digest, WIRE_SHA256, of, digest, e);

	b64_encode(B64_URL, slice_of(digest, FORMAT_SHA256_LEN), json);
	buf_put_str(json, "\"");
	return r;
}

static int put_key(struct buf *json, struct format_op *op,
		   const struct format_key *key, struct error *e)
{
	if (key->certificate.len == 0) {
		buf_put_str(json, ",\"kid\":\"");
		return put_hash(json, op, key->spki, e);
	}
	buf_put_str(json, ",\"x5c\":[\"");
	b64_encode(B64_STD, key->certificate, json);
	for (size_t i = 0; i < key->chain_len; i++) {
		buf_put_str(json, "\",\"");
		b64_encode(B64_STD, key->chain[i], json);
	}
	buf_put_str(json, "\"],\"x5t#S256\":\"");
	return put_hash(json, op, key->certificate, e);
}

/* The header as JSON, then encoded into op->made. */
static int make_header(struct format_op *op, const struct format_key *key,
		       struct error *e)
{
	struct buf json AUTO(buf_fini) = { .max = FORMAT_MADE_MAX };
	size_t der = key->certificate.len;
	int r;

	for (size_t i = 0; i < key->chain_len; i++)
		der += key->chain[i].len;
	/* Room at once: growing would copy and wipe the start each time. */
	buf_reserve(&json, b64_encoded_len(B64_STD, der) + 256);
	buf_put_str(&json, "{\"alg\":\"");
	buf_put_str(&json, op->in.alg->name);
	buf_put_str(&json, "\"");
	r = put_key(&json, op, key, e);
	if (r != 0)
		return r;
	if (op->in.detached)
		buf_put_str(&json, ",\"b64\":false,\"crit\":[\"b64\"]");
	buf_put_str(&json, "}");
	r = format_buf_error(&json, e);
	if (r != 0)
		return r;
	b64_encode(B64_URL, buf_slice(&json), &op->made);
	return format_buf_error(&op->made, e);
}

/* The next piece of the payload as it stands in the signing input. */
static struct slice next_payload(struct slice piece, bool encode,
				 struct buf *text)
{
	if (!encode)
		return piece;
	buf_reset(text);
	b64_encode(B64_URL, piece, text);
	return buf_slice(text);
}

int format_jws_hash(struct format_digest *input, struct slice header,
		    struct slice content, bool encode,
		    struct format_digest *second, struct error *e)
{
	struct buf text AUTO(buf_fini) = { .max = FORMAT_PIECE };
	struct slice piece;

	format_digest_update(input, header);
	format_digest_update(input, dot);
	while ((piece = format_digest_piece(&content, JWS_PIECE)).len > 0) {
		if (second != NULL)
			format_digest_update(second, piece);
		format_digest_update(input, next_payload(piece, encode, &text));
	}
	return format_buf_error(&text, e);
}

int format_jws_message(struct slice header, struct slice content, bool encode,
		       struct buf *out, struct error *e)
{
	size_t payload = encode ? b64_encoded_len(B64_URL, content.len) :
				  content.len;

	if (buf_reserve(out, header.len + 1 + payload) == NULL)
		return error_set(e, out->failed,
				 "EdDSA signs at most %u bytes, header "
				 "included: the token needs all of them at "
				 "once; use CMS",
				 LIMIT_EDDSA_MESSAGE);
	buf_put_slice(out, header);
	buf_put_slice(out, dot);
	if (encode)
		b64_encode(B64_URL, content, out);
	else
		buf_put_slice(out, content);
	return 0;
}

static int sign_hash(struct format_op *op, struct error *e)
{
	struct format_digest content AUTO(format_digest_fini) = { .ctx = NULL };
	uint8_t digest[FORMAT_DIGEST_MAX], sha256[FORMAT_DIGEST_MAX];
	int r;

	format_digest_start(&op->digest, op->in.alg->hash);
	format_digest_start(&content, WIRE_SHA256);
	r = format_jws_hash(&op->digest, buf_slice(&op->made), op->in.content,
			    !op->in.detached, &content, e);
	if (r == 0)
		r = format_digest_final(&op->digest, digest, e);
	if (r == 0)
		r = format_digest_final(&content, sha256, e);
	if (r != 0)
		return r;
	memcpy(op->sha256, sha256, sizeof(op->sha256));
	format_op_sign_digest(op, digest);
	return 0;
}

static int sign_message(struct format_op *op, struct error *e)
{
	int r = format_jws_message(buf_slice(&op->made), op->in.content,
				   !op->in.detached, &op->message, e);

	if (r == 0)
		r = format_op_sign_message(op, buf_slice(&op->message), e);
	return r != 0 ? r : format_digest_both(&op->digest, WIRE_HASH_NONE,
					       op->in.content, NULL, op->sha256,
					       e);
}

static int jws_begin(struct format_op *op, const struct format_key *key,
		     struct error *e)
{
	int r = make_header(op, key, e);

	if (r == 0)
		r = op->in.alg->mechanism == WIRE_EDDSA ? sign_message(op, e) :
							  sign_hash(op, e);
	op->has_sha256 = r == 0;
	return r;
}

static int put_payload(struct format_op *op, struct format_sink *sink,
		       struct error *e)
{
	struct buf text AUTO(buf_fini) = { .max = FORMAT_PIECE };
	struct slice rest = op->in.content, piece;
	int r = 0;

	while (r == 0 &&
	       (piece = format_digest_piece(&rest, JWS_PIECE)).len > 0) {
		piece = next_payload(piece, true, &text);
		r = format_buf_error(&text, e);
		if (r == 0)
			r = format_sink_put(sink, piece, e);
	}
	return r;
}

static int jws_finish(struct format_op *op, struct slice signature,
		      struct format_sink *sink, struct error *e)
{
	struct buf text AUTO(buf_fini) = { .max = LIMIT_SIGNATURE * 2 };
	int r = format_sink_put(sink, buf_slice(&op->made), e);

	buf_put_slice(&text, dot);
	b64_encode(B64_URL, signature, &text);
	if (r == 0)
		r = format_buf_error(&text, e);
	if (r == 0)
		r = format_sink_put(sink, dot, e);
	if (r == 0 && !op->in.detached)
		r = put_payload(op, sink, e);
	return r != 0 ? r : format_sink_put(sink, buf_slice(&text), e);
}

const struct format_as format_jws = {
	.begin = jws_begin,
	.finish = jws_finish,
};
