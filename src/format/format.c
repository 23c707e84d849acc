/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format: checks a request, and hands it to the format of its kind.
 */
#include "format/format.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "format/der.h"
#include "format/ecdsa.h"
#include "format/op.h"

static const struct format_as *const kinds[] = {
	[FORMAT_RAW] = &format_raw,
	[FORMAT_JWS] = &format_jws,
	[FORMAT_CMS] = &format_cms,
};

int format_buf_error(const struct buf *b, struct error *e)
{
	int r = buf_error(b);

	if (r == 0)
		return 0;
	return error_set(e, r, "a buffer of %zu bytes for a signature", b->max);
}

static int check_digest(const struct format_input *in, struct error *e)
{
	if (in->digest.len == 0)
		return 0;
	if (in->alg->hash == WIRE_HASH_NONE)
		return error_set(e, ERR_IMPOSSIBLE,
				 "%s signs the content itself, not a digest",
				 in->alg->name);
	if (in->digest.len != format_hash_len(in->alg->hash))
		return error_set(e, ERR_IMPOSSIBLE,
				 "a digest for %s has %zu bytes, not %zu",
				 in->alg->name, format_hash_len(in->alg->hash),
				 in->digest.len);
	if (in->kind == FORMAT_JWS)
		return error_set(e, ERR_IMPOSSIBLE,
				 "a JWS cannot be made of a digest");
	if (in->kind == FORMAT_CMS && !in->detached)
		return error_set(e, ERR_IMPOSSIBLE,
				 "a CMS signature of a digest is detached");
	if (in->content.len != 0)
		return error_set(e, ERR_IMPOSSIBLE,
				 "either content or a digest, not both");
	return 0;
}

static int check_certificates(const struct format_input *in,
			      const struct format_key *key, struct error *e)
{
	struct format_certificate_parts parts;
	int r;

	if (key->chain_len > LIMIT_CHAIN)
		return error_set(e, ERR_TOO_LARGE,
				 "a chain has at most %u certificates",
				 LIMIT_CHAIN);
	if (key->certificate.len == 0)
		return in->kind != FORMAT_CMS ? 0 :
			error_set(e, ERR_IMPOSSIBLE,
				  "CMS needs a certificate, and the key has "
				  "none");
	for (size_t i = 0; i < key->chain_len; i++) {
		r = format_certificate_split(key->chain[i], &parts, e);
		if (r != 0)
			return r;
	}
	r = format_certificate_split(key->certificate, &parts, e);
	if (r == 0 && !format_certificate_same_key(parts.spki, key->spki))
		r = error_set(e, ERR_BAD_CERTIFICATE,
			      "the certificate is of another key");
	return r;
}

static int check(const struct format_input *in, const struct format_key *key,
		 struct error *e)
{
	int r;

	if (!format_alg_fits(in->alg, key->type, key->curve))
		return error_set(e, ERR_IMPOSSIBLE,
				 "this key cannot do %s", in->alg->name);
	if (in->content.len > LIMIT_CONTENT)
		return error_set(e, ERR_TOO_LARGE,
				 "content has at most %u bytes", LIMIT_CONTENT);
	r = check_digest(in, e);
	return r != 0 ? r : check_certificates(in, key, e);
}

/* RSA: bytes of the modulus (RFC 8017 A.1.1); 0 when spki is not RSA's. */
static size_t modulus_len(struct slice spki)
{
	struct cursor whole = cursor_of(spki), c, key;
	struct slice bits, n;

	c = format_der_enter(&whole, DER_SEQUENCE);
	format_der_get(&c, DER_SEQUENCE);
	bits = format_der_get(&c, DER_BIT_STRING);
	if (c.failed || bits.len < 1)
		return 0;
	key = cursor_of(slice_of(bits.ptr + 1, bits.len - 1));
	key = format_der_enter(&key, DER_SEQUENCE);
	n = format_der_get(&key, DER_INTEGER);
	if (key.failed || n.len == 0)
		return 0;
	return n.ptr[0] == 0 ? n.len - 1 : n.len;
}

static int set_signature_len(struct format_op *op, const struct format_key *key,
			     struct error *e)
{
	size_t hash = format_hash_len(op->in.alg->hash);

	switch (op->in.alg->mechanism) {
	case WIRE_ECDSA:
		op->signature_len = format_ecdsa_len(key->curve);
		return 0;
	case WIRE_EDDSA:
		op->signature_len = 64; /* RFC 8032 5.1.6 */
		return 0;
	case WIRE_RSA_PKCS:
	case WIRE_RSA_PSS:
		break;
	}
	op->signature_len = modulus_len(key->spki);
	if (op->signature_len == 0 || op->signature_len > LIMIT_SIGNATURE)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "the public key is not one of RSA");
	/* RFC 8017 9.1.1 step 3; PKCS#1 v1.5 needs less than this. */
	if (op->signature_len < 2 * hash + 2)
		return error_set(e, ERR_IMPOSSIBLE,
				 "a key of %zu bits is too short for %s",
				 8 * op->signature_len, op->in.alg->name);
	return 0;
}

static void op_freep(struct format_op **op)
{
	format_op_free(*op);
}

int format_begin(const struct format_input *in, const struct format_key *key,
		 struct format_op **out, struct error *e)
{
	struct format_op *op AUTO(op_freep) = NULL;
	int r = check(in, key, e);

	if (r != 0)
		return r;
	op = calloc(1, sizeof(*op));
	if (op == NULL)
		return error_set(e, ERR_NO_MEMORY, "a signature");
	op->as = kinds[in->kind];
	op->in = *in;
	op->tbs.mechanism = in->alg->mechanism;
	op->tbs.hash = in->alg->hash;
	buf_init(&op->made, FORMAT_MADE_MAX);
	buf_init(&op->message, LIMIT_EDDSA_MESSAGE);
	r = set_signature_len(op, key, e);
	if (r == 0)
		r = op->as->begin(op, key, e);
	if (r != 0)
		return r;
	*out = op;
	op = NULL;
	return 0;
}

const struct format_tbs *format_op_tbs(const struct format_op *op)
{
	return &op->tbs;
}

const uint8_t *format_op_content_sha256(const struct format_op *op)
{
	return op->has_sha256 ? op->sha256 : NULL;
}

int format_finish(struct format_op *op, struct slice signature,
		  struct format_sink *sink, struct error *e)
{
	if (signature.len != op->signature_len)
		return error_set(e, ERR_PROTOCOL,
				 "the token's signature has %zu bytes, not %zu",
				 signature.len, op->signature_len);
	return op->as->finish(op, signature, sink, e);
}

void format_op_free(struct format_op *op)
{
	if (op == NULL)
		return;
	format_digest_fini(&op->digest);
	buf_fini(&op->made);
	buf_fini(&op->message);
	free(op);
}

/* DER of DigestInfo up to the digest itself (RFC 8017 9.2 note 1). */
static struct slice digest_info(enum wire_hash hash)
{
	static const uint8_t head[][19] = {
		[WIRE_SHA256] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
				  0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
				  0x01, 0x05, 0x00, 0x04, 0x20 },
		[WIRE_SHA384] = { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60,
				  0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
				  0x02, 0x05, 0x00, 0x04, 0x30 },
		[WIRE_SHA512] = { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60,
				  0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
				  0x03, 0x05, 0x00, 0x04, 0x40 },
	};

	return slice_of(head[hash], sizeof(head[hash]));
}

void format_tbs_of_digest(struct format_tbs *tbs, const uint8_t *digest,
			  uint8_t *bytes)
{
	size_t len = format_hash_len(tbs->hash), before = 0;

	if (tbs->mechanism == WIRE_RSA_PKCS) {
		struct slice head = digest_info(tbs->hash);

		memcpy(bytes, head.ptr, head.len);
		before = head.len;
	}
	memcpy(bytes + before, digest, len);
	tbs->data = slice_of(bytes, before + len);
}

void format_op_sign_digest(struct format_op *op, const uint8_t *digest)
{
	format_tbs_of_digest(&op->tbs, digest, op->tbs_bytes);
}

int format_op_sign_message(struct format_op *op, struct slice message,
			   struct error *e)
{
	if (message.len > LIMIT_EDDSA_MESSAGE)
		return error_set(e, ERR_TOO_LARGE,
				 "EdDSA signs at most %u bytes: the token "
				 "needs all of them at once; use CMS",
				 LIMIT_EDDSA_MESSAGE);
	op->tbs.data = message;
	return 0;
}

static int buf_sink_put(struct format_sink *sink, struct slice piece,
			struct error *e)
{
	struct format_buf_sink *s = (struct format_buf_sink *)(void *)sink;

	buf_put_slice(s->buf, piece);
	return format_buf_error(s->buf, e);
}

void format_buf_sink_init(struct format_buf_sink *s, struct buf *buf)
{
	s->sink.put = buf_sink_put;
	s->buf = buf;
}

int format_sink_put(struct format_sink *sink, struct slice bytes,
		    struct error *e)
{
	struct slice piece;
	int r = 0;

	while (r == 0 &&
	       (piece = format_digest_piece(&bytes, FORMAT_PIECE)).len > 0)
		r = sink->put(sink, piece, e);
	return r;
}

static const char *const kind_names[] = {
	[FORMAT_RAW] = "raw",
	[FORMAT_JWS] = "jws",
	[FORMAT_CMS] = "cms",
};

const char *format_kind_name(enum format_kind kind)
{
	return kind_names[kind];
}

bool format_kind_by_name(const char *name, enum format_kind *out)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
		if (strcmp(name, kind_names[i]) != 0)
			continue;
		*out = (enum format_kind)i;
		return true;
	}
	return false;
}
