/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw: the bare signature.  RSA and EdDSA as they are; ECDSA as r||s or as
 * DER Ecdsa-Sig-Value (RFC 3279 2.2.3).
 */
#include "format/ecdsa.h"
#include "format/op.h"

static int raw_begin(struct format_op *op, const struct format_key *key,
		     struct error *e)
{
	uint8_t digest[FORMAT_DIGEST_MAX];
	int r;

	if (op->in.digest.len > 0) {
		format_op_sign_digest(op, op->in.digest.ptr);
		return 0;
	}
	/* The limit first: nobody hashes what will be refused. */
	if (op->in.alg->mechanism == WIRE_EDDSA) {
		r = format_op_sign_message(op, op->in.content, e);
		if (r != 0)
			return r;
	}
	r = format_digest_both(&op->digest, op->in.alg->hash, op->in.content,
			       digest, op->sha256, e);
	if (r != 0)
		return r;
	op->has_sha256 = true;
	if (op->in.alg->mechanism != WIRE_EDDSA)
		format_op_sign_digest(op, digest);
	return 0;
}

static int raw_finish(struct format_op *op, struct slice signature,
		      struct format_sink *sink, struct error *e)
{
	struct buf der AUTO(buf_fini) = { .max = FORMAT_ECDSA_DER_MAX };
	int r;

	if (op->in.alg->mechanism != WIRE_ECDSA || !op->in.ecdsa_der)
		return format_sink_put(sink, signature, e);
	format_ecdsa_to_der(signature, &der);
	r = format_buf_error(&der, e);
	return r != 0 ? r : format_sink_put(sink, buf_slice(&der), e);
}

const struct format_as format_raw = {
	.begin = raw_begin,
	.finish = raw_finish,
};
