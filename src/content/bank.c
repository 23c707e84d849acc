/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank: a request that a bank signed.
 */
#include "content/bank.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/err.h"
#include "content/field.h"
#include "content/jcs.h"
#include "content/line.h"
#include "content/media_type.h"
#include "content/payment.h"
#include "content/visible.h"

#define BANK_TYP "signet-request+jws"
/* 9999-12-31T23:59:59Z: what RFC 3339 can write. */
#define BANK_LAST_TIME INT64_C(253402300799)

/* --- the JWS ------------------------------------------------------------ */

void content_bank_parts_fini(struct content_bank_parts *p)
{
	buf_fini(&p->header);
	buf_fini(&p->payload);
	buf_fini(&p->signature);
}

static int check_header(struct slice header, struct error *e)
{
	json_t *root AUTO(json_decrefp) = NULL;
	int r = content_jcs_load(header, "the header", ERR_BANK_REQUEST, &root,
				 e);
	const char *typ;

	if (r != 0)
		return r;
	typ = json_string_value(json_object_get(root, "typ"));
	if (typ == NULL || strcmp(typ, BANK_TYP) != 0)
		return error_set(e, ERR_BANK_REQUEST,
				 "the header's typ is not " BANK_TYP);
	if (json_object_get(root, "crit") != NULL ||
	    json_object_get(root, "b64") != NULL)
		return error_set(e, ERR_BANK_REQUEST,
				 "a bank's request has no crit and no b64");
	return 0;
}

/* Takes the text before the next dot, or all that is left. */
static struct slice next_part(struct slice *rest)
{
	const uint8_t *dot = rest->len == 0 ? NULL :
					      memchr(rest->ptr, '.', rest->len);
	struct slice part = *rest;

	if (dot == NULL) {
		rest->len = 0;
		return part;
	}
	part.len = (size_t)(dot - rest->ptr);
	rest->ptr = dot + 1;
	rest->len -= part.len + 1;
	return part;
}

static int decode_parts(struct slice jws, struct content_bank_parts *p,
			struct error *e)
{
	struct buf *const bufs[] = { &p->header, &p->payload, &p->signature };
	struct slice rest = jws;

	for (size_t i = 0; i < ARRAY_LEN(bufs); i++) {
		struct slice part = next_part(&rest);

		buf_init(bufs[i], LIMIT_BANK_REQUEST);
		if (part.len == 0 || b64_decode(B64_URL, part, bufs[i]) != 0)
			return error_set(e, ERR_BANK_REQUEST,
					 "part %zu of the JWS is not base64url"
					 " without padding", i + 1);
		if (i == 1)
			p->signed_text = slice_of(
				jws.ptr, (size_t)(part.ptr - jws.ptr) +
						 part.len);
	}
	/* A fourth part is in rest, or an empty one behind a last dot. */
	if (rest.len != 0 || jws.ptr[jws.len - 1] == '.')
		return error_set(e, ERR_BANK_REQUEST,
				 "the JWS has more than three parts");
	return check_header(buf_slice(&p->header), e);
}

int content_bank_split(struct slice jws, struct content_bank_parts *out,
		       struct error *e)
{
	struct content_bank_parts p AUTO(content_bank_parts_fini) = {
		.signed_text = { .ptr = NULL }
	};
	int r;

	if (jws.len > LIMIT_BANK_REQUEST)
		return error_set(e, ERR_TOO_LARGE,
				 "a bank's request has at most %u bytes",
				 LIMIT_BANK_REQUEST);
	r = decode_parts(jws, &p, e);
	if (r != 0)
		return r;
	*out = p;
	p = (struct content_bank_parts){ .signed_text = { .ptr = NULL } };
	return 0;
}

/* --- the claims --------------------------------------------------------- */

static int claim_text(const char *claim, const char *value,
		      char out[LIMIT_NAME + 1], struct error *e)
{
	int r = content_visible_check_ascii(claim, slice_str(value), e);

	if (r == 0 && strlen(value) > LIMIT_NAME)
		r = error_set(e, ERR_CONTENT, "%s is longer than %u bytes",
			      claim, LIMIT_NAME);
	if (r == 0) {
		snprintf(out, LIMIT_NAME + 1, "%s", value);
		return 0;
	}
	if (e != NULL)
		e->code = ERR_BANK_REQUEST;
	return ERR_BANK_REQUEST;
}

static int claims_inner_data(struct content_bank *out, const char *data,
			     struct error *e)
{
	if (b64_decode(B64_STD, slice_str(data), &out->inner) == 0)
		return 0;
	return error_set(e, ERR_BANK_REQUEST, "content.data is no base64");
}

static int claims_inner_payment(struct content_bank *out, json_t *payment,
				struct error *e)
{
	struct buf json AUTO(buf_fini) = { .max = LIMIT_PAYMENT };
	int r = content_jcs_put(payment, &json, e);

	if (r == 0)
		r = content_payment_canonical(buf_slice(&json), &out->inner,
					      e);
	if (r != 0)
		error_prefix(e, "content.payment: ");
	return r;
}

static int claims_content(struct content_bank *out, json_t *content,
			  struct error *e)
{
	const char *media_type, *name = NULL, *data = NULL;
	json_t *payment = NULL;
	json_error_t why;
	int r;

	if (json_unpack_ex(content, &why, JSON_STRICT, "{s:s, s?s, s?s, s?o}",
			   "media_type", &media_type, "name", &name, "data",
			   &data, "payment", &payment) != 0 ||
	    (data == NULL) == (payment == NULL))
		return error_set(e, ERR_BANK_REQUEST,
				 "the claim content has media_type, payment or"
				 " data, perhaps name, and no other member");
	r = claim_text("content.media_type", media_type, out->media_type, e);
	if (r == 0 && name != NULL && strlen(name) > LIMIT_NAME)
		r = error_set(e, ERR_BANK_REQUEST,
			      "content.name is longer than %u bytes",
			      LIMIT_NAME);
	if (r != 0)
		return r;
	snprintf(out->name, sizeof(out->name), "%s",
		 name == NULL ? "" : name);
	out->is_payment = payment != NULL;
	return payment != NULL ? claims_inner_payment(out, payment, e) :
				 claims_inner_data(out, data, e);
}

static int claims_times(struct content_bank *out, json_t *iat, json_t *exp,
			struct error *e)
{
	out->iat = json_integer_value(iat);
	out->exp = json_integer_value(exp);
	if (!json_is_integer(iat) || !json_is_integer(exp) || out->iat < 0 ||
	    out->exp > BANK_LAST_TIME || out->exp <= out->iat)
		return error_set(e, ERR_BANK_REQUEST,
				 "iat and exp are whole seconds since 1970,"
				 " iat before exp");
	return 0;
}

static int claims_members(struct content_bank *out, json_t *root,
			  struct error *e)
{
	const char *iss, *aud, *jti, *nonce;
	json_t *iat, *exp, *content;
	json_error_t why;
	int r;

	if (json_unpack_ex(root, &why, JSON_STRICT,
			   "{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "iss", &iss,
			   "aud", &aud, "jti", &jti, "nonce", &nonce, "iat",
			   &iat, "exp", &exp, "content", &content) != 0)
		return error_set(e, ERR_BANK_REQUEST,
				 "the claims are iss, aud, jti, iat, exp,"
				 " nonce and content, each once and no other");
	r = claim_text("iss", iss, out->iss, e);
	if (r == 0 && content_field_origin("iss", slice_str(iss), e) != 0)
		r = error_set(e, ERR_BANK_REQUEST,
			      "iss is no origin such as"
			      " https://bank.example");
	if (r == 0)
		r = claim_text("aud", aud, out->aud, e);
	if (r == 0)
		r = claim_text("jti", jti, out->jti, e);
	if (r == 0)
		r = claim_text("nonce", nonce, out->nonce, e);
	if (r == 0)
		r = claims_times(out, iat, exp, e);
	return r != 0 ? r : claims_content(out, content, e);
}

int content_bank_claims(struct slice payload, struct content_bank *out,
			struct error *e)
{
	json_t *root AUTO(json_decrefp) = NULL;
	int r;

	*out = (struct content_bank){ .iat = 0 };
	buf_init(&out->inner, LIMIT_BANK_REQUEST);
	r = content_jcs_load(payload, "the payload", ERR_BANK_REQUEST, &root,
			     e);
	return r != 0 ? r : claims_members(out, root, e);
}

void content_bank_fini(struct content_bank *b)
{
	buf_fini(&b->inner);
}

void content_bank_free(struct content_bank *b)
{
	if (b == NULL)
		return;
	content_bank_fini(b);
	free(b);
}

/* --- judging, reading --------------------------------------------------- */

int content_bank_check(const struct content_bank *b, const char *iss,
		       const char *aud, int64_t now, struct error *e)
{
	char when[CLOCK_RFC3339_SIZE];

	if (strcmp(b->iss, iss) != 0)
		return error_set(e, ERR_BANK_REQUEST,
				 "the request is by %s, not by %s", b->iss,
				 iss);
	if (aud != NULL && strcmp(b->aud, aud) != 0)
		return error_set(e, ERR_BANK_REQUEST,
				 "the request is for %s, not for %s", b->aud,
				 aud);
	if (b->exp - b->iat > LIMIT_BANK_LIFE_SECONDS)
		return error_set(e, ERR_BANK_REQUEST,
				 "the request lives %" PRId64 " s, longer than"
				 " %u", b->exp - b->iat,
				 LIMIT_BANK_LIFE_SECONDS);
	if (now >= b->exp) {
		clock_format(b->exp, when);
		return error_set(e, ERR_BANK_REQUEST,
				 "the request expired at %s", when);
	}
	if (b->iat > now + LIMIT_BANK_SKEW_SECONDS) {
		clock_format(b->iat, when);
		return error_set(e, ERR_BANK_REQUEST,
				 "the request is not valid before %s: look at"
				 " the clocks", when);
	}
	return 0;
}

static int bank_lines(struct content *c, const struct content_bank *b,
		      struct error *e)
{
	char issued[CLOCK_RFC3339_SIZE], expires[CLOCK_RFC3339_SIZE];
	const struct {
		const char *label, *value;
	} lines[] = {
		{ "bank.issuer", b->iss }, { "bank.audience", b->aud },
		{ "bank.request", b->jti }, { "bank.nonce", b->nonce },
		{ "bank.issued", issued }, { "bank.expires", expires },
	};
	int r = 0;

	clock_format(b->iat, issued);
	clock_format(b->exp, expires);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(lines); i++)
		r = content_line_text(c, lines[i].label, lines[i].value, e);
	return r;
}

/* Type and name are a part of what is signed here, so they are lines. */
static int bank_inner_head(struct content *c, const struct content_bank *b,
			   struct error *e)
{
	int r;

	if (c->blind) /* its lines have both */
		return 0;
	r = content_line_text(c, "media-type", b->media_type, e);
	if (r == 0 && b->name[0] != '\0')
		r = content_line_text(c, "name", b->name, e);
	return r;
}

static int bank_inner(struct content *c, const struct content_bank *b,
		      struct error *e)
{
	struct content *inner AUTO(content_freep) = NULL;
	struct content_input in = { .media_type = b->media_type,
				    .name = b->name };
	int r;

	if (content_media_type_is(b->media_type, CONTENT_TYPE_BANK_REQUEST))
		return error_set(e, ERR_BANK_REQUEST,
				 "a bank's request within a bank's request");
	if (b->is_payment)
		in.payment = buf_slice(&b->inner);
	else
		in.data = b->inner.len == 0 ? slice_str("") :
					      buf_slice(&b->inner);
	r = content_read(&in, &inner, e);
	if (r != 0) {
		error_prefix(e, "content of the bank's request: ");
		return r;
	}
	c->inner = inner->kind;
	c->blind = inner->blind;
	r = bank_inner_head(c, b, e);
	return r != 0 ? r : content_line_take(c, inner, e);
}

int content_bank_read(struct content *c, const struct content_input *in,
		      struct error *e)
{
	struct content_bank_parts parts AUTO(content_bank_parts_fini) = {
		.signed_text = { .ptr = NULL }
	};
	int r = content_bank_split(in->data, &parts, e);

	if (r != 0)
		return r;
	c->bank = calloc(1, sizeof(*c->bank));
	if (c->bank == NULL)
		return content_line_no_memory(e);
	c->kind = CONTENT_BANK_REQUEST;
	r = content_bank_claims(buf_slice(&parts.payload), c->bank, e);
	if (r == 0)
		r = bank_lines(c, c->bank, e);
	return r != 0 ? r : bank_inner(c, c->bank, e);
}
