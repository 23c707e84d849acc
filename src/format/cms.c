/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cms: SignedData (RFC 5652 5) with one signer and the signed attributes of
 * CAdES-B-B (ETSI EN 319 122-1 6): contentType, messageDigest, signingTime,
 * signing-certificate-v2.  DER throughout.
 *
 * op->made is, one after the other: the certificates ([0] of SignedData), and
 * from op->split the content of SignerInfo but for its signature.  The lengths
 * around them are known only with the signature (ECDSA's DER varies).
 */
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "format/cms_oid.h"
#include "format/der.h"
#include "format/ecdsa.h"
#include "format/op.h"

/* Four attributes; the largest is signing-certificate-v2. */
#define CMS_ATTRIBUTES 4
#define CMS_ATTRIBUTES_MAX 1024

/* RFC 8419 3.1: SHA-512 with Ed25519. */
static enum wire_hash digest_of(const struct format_alg *alg)
{
	return alg->hash == WIRE_HASH_NONE ? WIRE_SHA512 : alg->hash;
}

static void put_digest_algorithm(struct buf *out, const struct format_alg *alg)
{
	size_t sequence = format_der_open(out, DER_SEQUENCE);

	buf_put_slice(out, format_cms_oid_hash(digest_of(alg)));
	format_der_close(out, sequence);
}

/* Attribute ::= { attrType, SET { one value } }; opened up to the value. */
struct attribute {
	size_t sequence, set;
};

static struct attribute open_attribute(struct buf *out, struct slice oid)
{
	struct attribute a;

	a.sequence = format_der_open(out, DER_SEQUENCE);
	buf_put_slice(out, oid);
	a.set = format_der_open(out, DER_SET);
	return a;
}

static void close_attribute(struct buf *out, struct attribute a)
{
	format_der_close(out, a.set);
	format_der_close(out, a.sequence);
}

static void put_content_type(struct buf *out)
{
	struct attribute a = open_attribute(out, format_cms_oid_content_type);

	buf_put_slice(out, format_cms_oid_data);
	close_attribute(out, a);
}

static void put_message_digest(struct buf *out, struct slice digest)
{
	struct attribute a = open_attribute(out, format_cms_oid_message_digest);

	format_der_put(out, DER_OCTET_STRING, digest);
	close_attribute(out, a);
}

/* RFC 5652 11.3: UTCTime from 1950 to 2049, GeneralizedTime otherwise. */
static int put_signing_time(struct buf *out, int64_t when, struct error *e)
{
	struct attribute a = open_attribute(out, format_cms_oid_signing_time);
	time_t t = (time_t)when;
	struct tm tm;
	char text[32];
	bool utc;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year < 0 ||
	    tm.tm_year > 9999 - 1900)
		return error_set(e, ERR_IMPOSSIBLE,
				 "the signing time is not in a year of four "
				 "digits");
	utc = tm.tm_year >= 50 && tm.tm_year < 150;
	strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm);
	format_der_put(out, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME,
		       slice_str(utc ? text + 2 : text));
	close_attribute(out, a);
	return 0;
}

/*
 * RFC 5035 3: SigningCertificateV2 { certs { ESSCertIDv2 { certHash } } }.
 * SHA-256 is the default of hashAlgorithm and so must be left out (DER);
 * issuerSerial is, as the sid of the SignerInfo says the same.
 */
static int put_signing_certificate(struct buf *out, struct format_op *op,
				   struct slice certificate, struct error *e)
{
	struct attribute a =
		open_attribute(out, format_cms_oid_signing_certificate_v2);
	size_t signing = format_der_open(out, DER_SEQUENCE);
	size_t certs = format_der_open(out, DER_SEQUENCE);
	size_t id = format_der_open(out, DER_SEQUENCE);
	uint8_t hash[FORMAT_DIGEST_MAX];
	int r = format_digest_of(&op->digest, WIRE_SHA256, certificate, hash,
				 e);

	format_der_put(out, DER_OCTET_STRING,
		       slice_of(hash, FORMAT_SHA256_LEN));
	format_der_close(out, id);
	format_der_close(out, certs);
	format_der_close(out, signing);
	close_attribute(out, a);
	return r;
}

/* signedAttrs as they are signed: with the tag of SET OF (RFC 5652 5.4). */
static int make_attributes(struct format_op *op, struct slice digest,
			   struct slice certificate, struct buf *out,
			   struct error *e)
{
	struct slice items[CMS_ATTRIBUTES];
	struct buf all AUTO(buf_fini) = { .max = CMS_ATTRIBUTES_MAX };
	struct cursor c;
	int r;

	put_content_type(&all);
	put_message_digest(&all, digest);
	r = put_signing_time(&all, op->in.signing_time, e);
	if (r == 0)
		r = put_signing_certificate(&all, op, certificate, e);
	if (r == 0)
		r = format_buf_error(&all, e);
	if (r != 0)
		return r;
	c = cursor_of(buf_slice(&all));
	for (size_t i = 0; i < CMS_ATTRIBUTES; i++)
		items[i] = format_der_get_whole(&c, DER_SEQUENCE);
	format_der_put_set(out, DER_SET, items, CMS_ATTRIBUTES);
	return format_buf_error(out, e);
}

static int put_certificates(struct format_op *op, const struct format_key *key,
			    struct error *e)
{
	struct slice items[LIMIT_CHAIN + 1];

	items[0] = key->certificate;
	for (size_t i = 0; i < key->chain_len; i++)
		items[i + 1] = key->chain[i];
	format_der_put_set(&op->made, DER_CONTEXT_0, items, key->chain_len + 1);
	op->split = op->made.len;
	return format_buf_error(&op->made, e);
}

/* SignerInfo (RFC 5652 5.3) up to its signature. */
static int put_signer(struct format_op *op, struct slice certificate,
		      struct slice attributes, struct error *e)
{
	static const uint8_t version[] = { 1 };
	struct format_certificate_parts parts;
	struct buf *out = &op->made;
	size_t sid;
	int r = format_certificate_split(certificate, &parts, e);

	if (r != 0)
		return r;
	format_der_put(out, DER_INTEGER, slice_of(version, sizeof(version)));
	sid = format_der_open(out, DER_SEQUENCE);
	buf_put_slice(out, parts.issuer);
	format_der_put(out, DER_INTEGER, parts.serial);
	format_der_close(out, sid);
	put_digest_algorithm(out, op->in.alg);
	/* Here the same set has the tag [0] IMPLICIT. */
	buf_put_u8(out, DER_CONTEXT_0);
	buf_put(out, attributes.ptr + 1, attributes.len - 1);
	buf_put_slice(out, format_cms_oid_signature(op->in.alg));
	return format_buf_error(out, e);
}

static int cms_hash_content(struct format_op *op, uint8_t *digest,
			    struct error *e)
{
	enum wire_hash hash = digest_of(op->in.alg);
	int r;

	if (op->in.digest.len > 0) {
		memcpy(digest, op->in.digest.ptr, op->in.digest.len);
		return 0;
	}
	r = format_digest_both(&op->digest, hash, op->in.content, digest,
			       op->sha256, e);
	op->has_sha256 = r == 0;
	return r;
}

static int sign_attributes(struct format_op *op, struct error *e)
{
	struct slice attributes = buf_slice(&op->message);
	uint8_t digest[FORMAT_DIGEST_MAX];
	int r;

	if (op->in.alg->mechanism == WIRE_EDDSA)
		return format_op_sign_message(op, attributes, e);
	r = format_digest_of(&op->digest, op->in.alg->hash, attributes, digest,
			     e);
	if (r == 0)
		format_op_sign_digest(op, digest);
	return r;
}

static int cms_begin(struct format_op *op, const struct format_key *key,
		     struct error *e)
{
	size_t len = format_hash_len(digest_of(op->in.alg));
	uint8_t digest[FORMAT_DIGEST_MAX];
	int r = put_certificates(op, key, e);

	if (r == 0)
		r = cms_hash_content(op, digest, e);
	if (r == 0)
		r = make_attributes(op, slice_of(digest, len), key->certificate,
				    &op->message, e);
	if (r == 0)
		r = put_signer(op, key->certificate, buf_slice(&op->message),
			       e);
	return r != 0 ? r : sign_attributes(op, e);
}

/* Bytes of encapContentInfo, and of what is in it. */
static size_t encap_len(const struct format_op *op, size_t *inside)
{
	*inside = format_cms_oid_data.len;
	if (!op->in.detached)
		*inside += format_der_size(
			format_der_size(op->in.content.len));
	return format_der_size(*inside);
}

/*
 * Everything in front of the content; after is what comes behind it.  All
 * lengths are definite, so they are worked out from the inside out.
 */
static void put_head(struct format_op *op, size_t after, struct buf *out)
{
	static const uint8_t version[] = { 1 };
	struct buf algorithms AUTO(buf_fini) = { .max = 64 };
	size_t inside, encap = encap_len(op, &inside), set, data;

	set = format_der_open(&algorithms, DER_SET);
	put_digest_algorithm(&algorithms, op->in.alg);
	format_der_close(&algorithms, set);
	data = 3 + algorithms.len + encap + after;
	format_der_head(out, DER_SEQUENCE,
			format_cms_oid_signed_data.len +
			format_der_size(format_der_size(data)));
	buf_put_slice(out, format_cms_oid_signed_data);
	format_der_head(out, DER_CONTEXT_0, format_der_size(data));
	format_der_head(out, DER_SEQUENCE, data);
	format_der_put(out, DER_INTEGER, slice_of(version, sizeof(version)));
	buf_put_slice(out, buf_slice(&algorithms));
	format_der_head(out, DER_SEQUENCE, inside);
	buf_put_slice(out, format_cms_oid_data);
	if (op->in.detached)
		return;
	format_der_head(out, DER_CONTEXT_0,
			format_der_size(op->in.content.len));
	format_der_head(out, DER_OCTET_STRING, op->in.content.len);
}

/* signerInfos with the signature; DER where the algorithm has it so. */
static void put_signer_infos(struct format_op *op, struct slice signature,
			     struct buf *out)
{
	size_t set = format_der_open(out, DER_SET);
	size_t info = format_der_open(out, DER_SEQUENCE), value;

	buf_put(out, op->made.ptr + op->split, op->made.len - op->split);
	if (op->in.alg->mechanism == WIRE_ECDSA) {
		value = format_der_open(out, DER_OCTET_STRING);
		format_ecdsa_to_der(signature, out);
		format_der_close(out, value);
	} else {
		format_der_put(out, DER_OCTET_STRING, signature);
	}
	format_der_close(out, info);
	format_der_close(out, set);
}

static int cms_finish(struct format_op *op, struct slice signature,
		      struct format_sink *sink, struct error *e)
{
	struct buf head AUTO(buf_fini) = { .max = 256 };
	struct buf tail AUTO(buf_fini) = { .max = FORMAT_MADE_MAX };
	int r;

	buf_reserve(&tail, op->made.len + signature.len + 64);
	buf_put(&tail, op->made.ptr, op->split);
	put_signer_infos(op, signature, &tail);
	put_head(op, tail.len, &head);
	r = format_buf_error(&tail, e);
	if (r == 0)
		r = format_buf_error(&head, e);
	if (r == 0)
		r = format_sink_put(sink, buf_slice(&head), e);
	if (r == 0 && !op->in.detached)
		r = format_sink_put(sink, op->in.content, e);
	return r != 0 ? r : format_sink_put(sink, buf_slice(&tail), e);
}

const struct format_as format_cms = {
	.begin = cms_begin,
	.finish = cms_finish,
};
