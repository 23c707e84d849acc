/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: a time stamp of a checkpoint.
 */
#include "evidence/stamp.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "evidence/chain.h"

static void token_freep(PKCS7 **p)
{
	PKCS7_free(*p);
}

static void info_freep(TS_TST_INFO **p)
{
	TS_TST_INFO_free(*p);
}

static void store_freep(X509_STORE **p)
{
	X509_STORE_free(*p);
}

static void verifying_freep(TS_VERIFY_CTX **p)
{
	TS_VERIFY_CTX_free(*p);
}

static int not_good(const char *why, struct error *e)
{
	ERR_clear_error();
	return error_set(e, ERR_BAD_SIGNATURE, "%s", why);
}

/* Why OpenSSL did not like it: what it noted last. */
static int not_trusted(struct error *e)
{
	const char *data = NULL;
	int flags = 0;
	unsigned long code = ERR_peek_last_error_data(&data, &flags);
	const char *why = ERR_reason_error_string(code);
	int r = error_set(e, ERR_BAD_SIGNATURE, "the CAs that are given do not"
			  " vouch for it: %s%s%s",
			  why == NULL ? "it does not verify" : why,
			  (flags & ERR_TXT_STRING) != 0 ? ": " : "",
			  (flags & ERR_TXT_STRING) != 0 ? data : "");

	ERR_clear_error();
	return r;
}

static int stamp_parse(struct slice stamp, PKCS7 **token, TS_TST_INFO **info,
		       struct error *e)
{
	const unsigned char *at = stamp.ptr;

	*token = d2i_PKCS7(NULL, &at, (long)stamp.len);
	if (*token != NULL && at == stamp.ptr + stamp.len)
		*info = PKCS7_to_TS_TST_INFO(*token);
	return *info != NULL ? 0 : not_good("it is no time stamp", e);
}

static int check_imprint(TS_TST_INFO *info, const uint8_t hash[CHAIN_HASH],
			 struct error *e)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const X509_ALGOR *alg = TS_MSG_IMPRINT_get_algo(imprint);
	const ASN1_OCTET_STRING *made = TS_MSG_IMPRINT_get_msg(imprint);
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	if (OBJ_obj2nid(oid) == NID_sha256 &&
	    ASN1_STRING_length(made) == CHAIN_HASH &&
	    memcmp(ASN1_STRING_get0_data(made), hash, CHAIN_HASH) == 0)
		return 0;
	return not_good("it is of something else", e);
}

static int stamp_time(const TS_TST_INFO *info, int64_t *out, struct error *e)
{
	const ASN1_GENERALIZEDTIME *stated = TS_TST_INFO_get_time(info);
	struct tm tm;

	if (ASN1_TIME_to_tm(stated, &tm) != 1)
		return not_good("it states no time", e);
	*out = timegm(&tm);
	return 0;
}

/* Certificates of authorities end: what counts is when it was made. */
static int make_store(struct slice ca, int64_t as_of, X509_STORE **out,
		      struct error *e)
{
	BIO *bio = BIO_new_mem_buf(ca.ptr, (int)ca.len);
	X509 *x;
	int count = 0;

	*out = X509_STORE_new();
	while (bio != NULL && *out != NULL &&
	       (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(*out, x);
		X509_free(x);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (count == 0)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "the file has no CA certificate in PEM");
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(*out),
				   (time_t)as_of);
	X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(*out),
				    X509_V_FLAG_PARTIAL_CHAIN);
	return 0;
}

static int check_signature(PKCS7 *token, struct slice ca, int64_t as_of,
			   struct error *e)
{
	TS_VERIFY_CTX *ctx AUTO(verifying_freep) = TS_VERIFY_CTX_new();
	X509_STORE *store AUTO(store_freep) = NULL;
	int r = make_store(ca, as_of, &store, e);

	if (r != 0)
		return r;
	if (ctx == NULL)
		return error_set(e, ERR_NO_MEMORY, "a time stamp");
	TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE);
	TS_VERIFY_CTX_set_store(ctx, store);
	store = NULL; /* is ctx's now */
	return TS_RESP_verify_token(ctx, token) == 1 ? 0 : not_trusted(e);
}

int stamp_check(struct slice stamp, struct slice what, struct slice ca,
		int64_t *time, struct error *e)
{
	PKCS7 *token AUTO(token_freep) = NULL;
	TS_TST_INFO *info AUTO(info_freep) = NULL;
	uint8_t hash[CHAIN_HASH];
	int r = stamp_parse(stamp, &token, &info, e);

	chain_hash(what, hash);
	if (r == 0)
		r = check_imprint(info, hash, e);
	if (r == 0)
		r = stamp_time(info, time, e);
	if (r == 0 && ca.len > 0)
		r = check_signature(token, ca, *time, e);
	return r;
}
