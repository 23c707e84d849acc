/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_jws: JSON Web Signature (RFC 7515 5.2, RFC 7797).
 *
 * Strict where attacks are: the algorithm is one of our list and of the key's
 * kind, crit is understood whole, no member twice, no key from anywhere but
 * x5c or the caller (jwk, jku and x5u are not looked at).
 */
#include <jansson.h>
#include <string.h>

#include "base/b64.h"
#include "format/jws.h"
#include "format/op.h"
#include "format/owned.h"
#include "format/report.h"

struct jws {
	struct slice header, payload, signature; /* base64url, as they stand */
	json_t *json;				 /* the header; owned */
	const struct format_alg *alg;
	bool encoded; /* "b64" is not false */
	STACK_OF(X509) *certificates; /* x5c; owned; NULL without it */
};

static void jws_fini(struct jws *j)
{
	json_decref(j->json);
	format_own_x509s(&j->certificates);
}

/* Three parts between two dots; a payload that is not encoded has no dot. */
static int split(struct slice text, struct jws *j, struct format_report *r)
{
	const uint8_t *first = NULL, *second = NULL, *end = text.ptr + text.len;

	if (text.len > 0)
		first = memchr(text.ptr, '.', text.len);
	if (first != NULL)
		second = memchr(first + 1, '.', (size_t)(end - first - 1));
	if (second == NULL ||
	    memchr(second + 1, '.', (size_t)(end - second - 1)) != NULL)
		return format_report_malformed(
			r, "This is no JWS: it has not three parts.");
	j->header = slice_of(text.ptr, (size_t)(first - text.ptr));
	j->payload = slice_of(first + 1, (size_t)(second - first - 1));
	j->signature = slice_of(second + 1, (size_t)(end - second - 1));
	return 0;
}

static int read_header(struct jws *j, struct format_report *r)
{
	struct buf text AUTO(buf_fini) = { .max = FORMAT_MADE_MAX };

	if (b64_decode(B64_URL, j->header, &text) == 0)
		j->json = json_loadb(buf_text(&text), text.len,
				     JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(j->json))
		return format_report_malformed(
			r,
			"The header of the JWS is not a JSON object in "
			"base64url.");
	return 0;
}

static int read_alg(struct jws *j, struct format_report *r)
{
	const char *name = json_string_value(json_object_get(j->json, "alg"));

	if (name == NULL)
		return format_report_malformed(r, "The header has no alg.");
	j->alg = format_alg_by_name(name);
	if (j->alg == NULL)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE",
			"The header's alg is not one that is accepted.");
	r->algorithm = j->alg->name;
	return 0;
}

/*
 * RFC 7515 4.1.11: crit names extensions that are there and must be known;
 * RFC 7797 6: b64 must be among them.
 */
static int read_crit(struct jws *j, struct format_report *r)
{
	const json_t *crit = json_object_get(j->json, "crit");
	const json_t *b64 = json_object_get(j->json, "b64");
	const char *name = json_string_value(json_array_get(crit, 0));

	j->encoded = true;
	if (crit == NULL && b64 == NULL)
		return 0;
	if (json_array_size(crit) != 1 || name == NULL ||
	    strcmp(name, "b64") != 0 || !json_is_boolean(b64))
		return format_report_malformed(
			r,
			"The header's crit asks for something that is not "
			"understood, or b64 stands without it.");
	j->encoded = json_is_true(b64);
	return 0;
}

static X509 *read_certificate(const json_t *text)
{
	struct buf der AUTO(buf_fini) = { .max = LIMIT_CERTIFICATE };

	if (!json_is_string(text) ||
	    b64_decode(B64_STD, slice_of(json_string_value(text),
					 json_string_length(text)), &der) != 0)
		return NULL;
	return format_own_certificate(buf_slice(&der));
}

static int read_x5c(struct jws *j, struct format_report *r, struct error *e)
{
	const json_t *x5c = json_object_get(j->json, "x5c");
	size_t len = json_array_size(x5c);

	if (x5c == NULL)
		return 0;
	if (len == 0 || len > LIMIT_CHAIN + 1)
		return format_report_malformed(
			r, "The header's x5c has no certificate, or too many.");
	j->certificates = sk_X509_new_null();
	for (size_t i = 0; i < len; i++) {
		X509 *x = read_certificate(json_array_get(x5c, i));

		if (x == NULL)
			return format_report_malformed(
				r, "A certificate in x5c cannot be read.");
		if (sk_X509_push(j->certificates, x) == 0) {
			X509_free(x);
			return error_set(e, ERR_NO_MEMORY, "x5c");
		}
	}
	return 0;
}

/* x5t#S256, where it is, is of the signer's certificate (RFC 7515 4.1.8). */
static int check_thumbprint(const struct jws *j, struct format_report *r)
{
	const json_t *x5t = json_object_get(j->json, "x5t#S256");
	struct buf text AUTO(buf_fini) = { .max = 64 };

	if (x5t == NULL)
		return 0;
	b64_encode(B64_URL, slice_of(r->certificate_sha256,
				     sizeof(r->certificate_sha256)), &text);
	if (r->has_certificate && json_is_string(x5t) &&
	    strcmp(json_string_value(x5t), buf_text(&text)) == 0)
		return 0;
	return format_report_decide(
		r, FORMAT_INDETERMINATE, "NO_SIGNING_CERTIFICATE_FOUND",
		"The header's x5t#S256 is of another certificate.");
}

static int find_signer(struct jws *j, const struct format_trust *trust,
		       struct format_signer *s, struct format_report *r,
		       struct error *e)
{
	enum wire_key_type type;
	const char *curve;
	int status;

	status = j->certificates == NULL ?
		format_signer_given(s, trust, r, e) :
		format_signer_certificate(s, sk_X509_value(j->certificates, 0),
					  r, e);
	if (status == 0)
		status = check_thumbprint(j, r);
	if (status != 0)
		return status;
	if (format_signer_key(s, &type, &curve) != 0 ||
	    !format_alg_fits(j->alg, type, curve))
		return format_report_decide(
			r, FORMAT_TOTAL_FAILED, "SIG_CRYPTO_FAILURE",
			"The signer's key cannot make a signature by %s.",
			j->alg->name);
	return 0;
}

/*
 * The payload that is in the JWS: well-formed, and the same as content if
 * that is given too.
 */
static int check_payload(const struct jws *j, const struct slice *content,
			 struct format_report *r)
{
	struct b64_stream st = { .kind = B64_URL };
	struct buf bytes AUTO(buf_fini) = { .max = FORMAT_PIECE };
	struct slice rest = j->payload, same = j->payload, piece;
	bool equal = true;
	int bad = 0;

	if (content != NULL)
		same = *content;
	while (bad == 0 && j->encoded && rest.len > 0) {
		buf_reset(&bytes);
		piece = format_digest_piece(&rest, FORMAT_PIECE);
		bad = b64_stream_feed(&st, piece, &bytes);
		if (bad == 0 && rest.len == 0)
			bad = b64_stream_finish(&st, &bytes);
		piece = format_digest_piece(&same, bytes.len);
		equal = equal && slice_equal(piece, buf_slice(&bytes));
	}
	if (bad != 0)
		return format_report_malformed(
			r, "The payload of the JWS is not base64url.");
	if (j->encoded)
		equal = equal && same.len == 0;
	else
		equal = slice_equal(same, j->payload);
	if (content == NULL || equal)
		return 0;
	return format_report_decide(
		r, FORMAT_TOTAL_FAILED, "HASH_FAILURE",
		"The JWS carries another content than the one given.");
}

/* What is hashed behind "header.", and whether it is still to be encoded. */
static int find_payload(const struct jws *j, const struct slice *content,
			struct slice *payload, bool *encode,
			struct format_report *r)
{
	bool detached = j->payload.len == 0 && content != NULL;

	if (j->payload.len == 0 && content == NULL && !j->encoded)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "SIGNED_DATA_NOT_FOUND",
			"The content is not in the JWS and was not given.");
	*payload = detached ? *content : j->payload;
	*encode = detached && j->encoded;
	return detached ? 0 : check_payload(j, content, r);
}

static int check_signature(const struct jws *j, const struct format_signer *s,
			   struct slice payload, bool encode,
			   struct format_report *r, struct error *e)
{
	struct format_digest d AUTO(format_digest_fini) = { .ctx = NULL };
	struct buf signature AUTO(buf_fini) = { .max = LIMIT_SIGNATURE };
	struct buf message AUTO(buf_fini) = { .max = SIZE_MAX / 4 };
	uint8_t digest[FORMAT_DIGEST_MAX], bytes[FORMAT_DIGEST_INFO_MAX];
	struct format_tbs tbs = { .mechanism = j->alg->mechanism,
				  .hash = j->alg->hash };
	int status;

	if (b64_decode(B64_URL, j->signature, &signature) != 0)
		return format_report_malformed(
			r, "The signature of the JWS is not base64url.");
	if (j->alg->mechanism == WIRE_EDDSA) {
		status = format_jws_message(j->header, payload, encode,
					    &message, e);
		tbs.data = buf_slice(&message);
	} else {
		format_digest_start(&d, j->alg->hash);
		status = format_jws_hash(&d, j->header, payload, encode, NULL,
					 e);
		if (status == 0)
			status = format_digest_final(&d, digest, e);
		if (status == 0)
			format_tbs_of_digest(&tbs, digest, bytes);
	}
	return status != 0 ? status :
		format_signer_check(s, &tbs, buf_slice(&signature), r, e);
}

static int verify(struct slice text, const struct slice *content,
		  const struct format_trust *trust, struct format_report *r,
		  struct error *e)
{
	struct format_signer s AUTO(format_signer_fini) = { .spki_der = NULL };
	struct jws j AUTO(jws_fini) = { .json = NULL };
	struct slice payload;
	bool encode;
	int status = split(text, &j, r);

	if (status == 0)
		status = read_header(&j, r);
	if (status == 0)
		status = read_alg(&j, r);
	if (status == 0)
		status = read_crit(&j, r);
	if (status == 0)
		status = read_x5c(&j, r, e);
	if (status == 0)
		status = find_signer(&j, trust, &s, r, e);
	if (status == 0)
		status = find_payload(&j, content, &payload, &encode, r);
	if (status == 0)
		status = check_signature(&j, &s, payload, encode, r, e);
	return status != 0 ? status :
		format_chain_decide(&s, j.certificates, trust, r, e);
}

int format_verify_jws(struct slice jws, const struct slice *content,
		      const struct format_trust *trust,
		      struct format_report *out, struct error *e)
{
	struct format_report r;
	int status;

	format_report_init(&r);
	status = verify(jws, content, trust, &r, e);
	if (status < 0)
		return status;
	*out = r;
	return 0;
}
