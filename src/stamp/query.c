/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query: what a time-stamping authority is asked, and its answer.
 */
#include "stamp/query.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ts.h>
#include <stdlib.h>

#include "base/err.h"

#define QUERY_NONCE 16u /* bytes: no other query has it */

struct query {
	TS_REQ *req;
	uint8_t *der;
	int der_len;
};

void query_free(struct query *q)
{
	if (q == NULL)
		return;
	TS_REQ_free(q->req);
	OPENSSL_free(q->der);
	free(q);
}

void query_freep(struct query **q)
{
	query_free(*q);
}

struct slice query_der(const struct query *q)
{
	return slice_of(q->der, (size_t)q->der_len);
}

/* --- the question ------------------------------------------------------- */

static bool put_imprint(TS_REQ *req, struct slice what)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *alg = X509_ALGOR_new();
	bool ok;

	SHA256(what.ptr, what.len, hash);
	ok = imprint != NULL && alg != NULL &&
	     X509_ALGOR_set0(alg, OBJ_nid2obj(NID_sha256), V_ASN1_NULL,
			     NULL) == 1 &&
	     TS_MSG_IMPRINT_set_algo(imprint, alg) == 1 &&
	     TS_MSG_IMPRINT_set_msg(imprint, hash, sizeof(hash)) == 1 &&
	     TS_REQ_set_msg_imprint(req, imprint) == 1;
	X509_ALGOR_free(alg);
	TS_MSG_IMPRINT_free(imprint);
	return ok;
}

static bool put_nonce(TS_REQ *req)
{
	uint8_t bits[QUERY_NONCE];
	BIGNUM *n = NULL;
	ASN1_INTEGER *nonce = NULL;
	bool ok = RAND_bytes(bits, sizeof(bits)) == 1;

	if (ok)
		n = BN_bin2bn(bits, sizeof(bits), NULL);
	if (n != NULL)
		nonce = BN_to_ASN1_INTEGER(n, NULL);
	ok = nonce != NULL && TS_REQ_set_nonce(req, nonce) == 1;
	ASN1_INTEGER_free(nonce);
	BN_free(n);
	return ok;
}

static bool put_policy(TS_REQ *req, const char *policy)
{
	ASN1_OBJECT *oid;
	bool ok;

	if (policy[0] == '\0')
		return true;
	oid = OBJ_txt2obj(policy, 1);
	ok = oid != NULL && TS_REQ_set_policy_id(req, oid) == 1;
	ASN1_OBJECT_free(oid);
	return ok;
}

int query_new(struct slice what, const char *policy, struct query **out,
	      struct error *e)
{
	struct query *q AUTO(query_freep) = calloc(1, sizeof(*q));

	if (q != NULL)
		q->req = TS_REQ_new();
	if (q == NULL || q->req == NULL)
		return error_set(e, ERR_NO_MEMORY, "a time stamp");
	if (TS_REQ_set_version(q->req, 1) != 1 || !put_imprint(q->req, what) ||
	    !put_nonce(q->req) || !put_policy(q->req, policy) ||
	    TS_REQ_set_cert_req(q->req, 1) != 1 ||
	    (q->der_len = i2d_TS_REQ(q->req, &q->der)) <= 0)
		return error_set(e, ERR_CRYPTO, "a time stamp cannot be asked"
				 " for");
	*out = q;
	q = NULL;
	return 0;
}

/* --- the answer --------------------------------------------------------- */

static void answer_freep(TS_RESP **p)
{
	TS_RESP_free(*p);
}

static void verify_freep(TS_VERIFY_CTX **p)
{
	TS_VERIFY_CTX_free(*p);
}

/* What OpenSSL noted last: the others lead to it. */
static int query_refuse(const char *what, struct error *e)
{
	const char *data = NULL, *reason;
	int flags = 0;
	unsigned long code = ERR_peek_last_error_data(&data, &flags);

	reason = ERR_reason_error_string(code);
	error_set(e, ERR_TIME_STAMP, "%s: %s%s%s", what,
		  reason == NULL ? "it is not known why" : reason,
		  (flags & ERR_TXT_STRING) != 0 ? ", " : "",
		  (flags & ERR_TXT_STRING) != 0 ? data : "");
	ERR_clear_error();
	return e->code;
}

static int query_parse(struct slice answer, TS_RESP **out, struct error *e)
{
	const unsigned char *at = answer.ptr;

	*out = d2i_TS_RESP(NULL, &at, (long)answer.len);
	if (*out != NULL && at == answer.ptr + answer.len)
		return 0;
	ERR_clear_error();
	return error_set(e, ERR_TIME_STAMP, "the answer is no TimeStampResp"
			 " (RFC 3161)");
}

/* An intermediate of the authority's own may be all that is trusted. */
static int query_store(const char *ca, X509_STORE **out, struct error *e)
{
	*out = X509_STORE_new();
	if (*out == NULL || X509_STORE_load_file(*out, ca) != 1) {
		X509_STORE_free(*out);
		return query_refuse(ca, e);
	}
	X509_STORE_set_flags(*out, X509_V_FLAG_PARTIAL_CHAIN);
	return 0;
}

static int query_verify(const struct query *q, TS_RESP *answer, const char *ca,
			struct error *e)
{
	TS_VERIFY_CTX *ctx AUTO(verify_freep) =
		TS_REQ_to_TS_VERIFY_CTX(q->req, NULL);
	X509_STORE *store;
	int r;

	if (ctx == NULL)
		return error_set(e, ERR_NO_MEMORY, "a time stamp");
	r = query_store(ca, &store, e);
	if (r != 0)
		return r;
	TS_VERIFY_CTX_set_store(ctx, store);
	TS_VERIFY_CTX_add_flags(ctx, TS_VFY_SIGNATURE);
	if (TS_RESP_verify_response(ctx, answer) != 1)
		return query_refuse("the answer is not acceptable", e);
	return 0;
}

int query_accept(const struct query *q, struct slice answer, const char *ca,
		 struct buf *stamp, struct error *e)
{
	TS_RESP *resp AUTO(answer_freep) = NULL;
	uint8_t *der = NULL;
	int len, r = query_parse(answer, &resp, e);

	if (r == 0)
		r = query_verify(q, resp, ca, e);
	if (r != 0)
		return r;
	len = i2d_PKCS7(TS_RESP_get_token(resp), &der);
	if (len > 0)
		buf_put(stamp, der, (size_t)len);
	OPENSSL_free(der);
	if (len <= 0 || buf_error(stamp) != 0)
		return error_set(e, ERR_TIME_STAMP, "the stamp has more than"
				 " %zu bytes", stamp->max);
	return 0;
}
