/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: from the signer's certificate to an anchor (RFC 5280 6), by OpenSSL,
 * and what its reasons are called by ETSI EN 319 102-1.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <limits.h>

#include "format/owned.h"
#include "format/report.h"

static BIO *borrow(struct slice s)
{
	return s.len > INT_MAX ? NULL : BIO_new_mem_buf(s.ptr, (int)s.len);
}

/* At the end of PEM text: was it the end, or something that is no PEM? */
static int pem_end(const char *what, bool any, struct error *e)
{
	unsigned long last = ERR_peek_last_error();
	bool end = ERR_GET_LIB(last) == ERR_LIB_PEM &&
		   ERR_GET_REASON(last) == PEM_R_NO_START_LINE;

	ERR_clear_error();
	return any && end ? 0 : error_set(e, ERR_BAD_CERTIFICATE,
					  "the %s cannot be read as PEM", what);
}

static int read_certificates(struct slice pem, const char *what,
			     STACK_OF(X509) *out, struct error *e)
{
	BIO *bio AUTO(format_own_bio) = NULL;
	X509 *x;
	bool any = false;

	if (pem.len == 0)
		return 0;
	bio = borrow(pem);
	if (bio == NULL)
		return error_set(e, ERR_NO_MEMORY, "%s", what);
	while ((x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		any = true;
		if (sk_X509_push(out, x) == 0) {
			X509_free(x);
			return error_set(e, ERR_NO_MEMORY, "%s", what);
		}
	}
	return pem_end(what, any, e);
}

static int add_anchors(X509_STORE *store, struct slice pem, struct error *e)
{
	STACK_OF(X509) *all AUTO(format_own_x509s) = sk_X509_new_null();
	int r;

	if (all == NULL)
		return error_set(e, ERR_NO_MEMORY, "CA certificates");
	r = read_certificates(pem, "CA certificates", all, e);
	for (int i = 0; r == 0 && i < sk_X509_num(all); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(all, i)) != 1)
			r = error_set(e, ERR_NO_MEMORY, "CA certificates");
	return r;
}

static int add_crls(X509_STORE *store, struct slice pem, struct error *e)
{
	BIO *bio AUTO(format_own_bio) = NULL;
	X509_CRL *crl;
	bool any = false;
	int ok;

	if (pem.len == 0)
		return 0;
	bio = borrow(pem);
	if (bio == NULL)
		return error_set(e, ERR_NO_MEMORY, "revocation lists");
	while ((crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)) != NULL) {
		any = true;
		ok = X509_STORE_add_crl(store, crl);
		X509_CRL_free(crl);
		if (ok != 1)
			return error_set(e, ERR_NO_MEMORY, "revocation lists");
	}
	return pem_end("revocation lists", any, e);
}

/* A list is asked for of the signer's issuer; of a CA's it helps. */
static int on_problem(int ok, X509_STORE_CTX *ctx)
{
	return ok == 0 && X509_STORE_CTX_get_error_depth(ctx) > 0 &&
			X509_STORE_CTX_get_error(ctx) ==
				X509_V_ERR_UNABLE_TO_GET_CRL ? 1 : ok;
}

static int make_store(const struct format_trust *trust, X509_STORE **out,
		      struct error *e)
{
	X509_STORE *store AUTO(format_own_store) = X509_STORE_new();
	X509_VERIFY_PARAM *param;
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
	int r;

	if (store == NULL)
		return error_set(e, ERR_NO_MEMORY, "CA certificates");
	r = add_anchors(store, trust->anchors, e);
	if (r == 0)
		r = add_crls(store, trust->crls, e);
	if (r != 0)
		return r;
	if (trust->crls.len > 0)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_flags(param, flags);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	X509_VERIFY_PARAM_set_time(param, (time_t)trust->time);
	X509_STORE_set_verify_cb(store, on_problem);
	*out = store;
	store = NULL;
	return 0;
}

static const struct {
	int error; /* X509_V_ERR_* */
	bool leaf; /* for the signer's certificate, not for a CA's */
	enum format_verdict verdict;
	const char *sub;
} reasons[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, true, FORMAT_TOTAL_FAILED, "EXPIRED" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, false, FORMAT_INDETERMINATE,
	  "OUT_OF_BOUNDS_NO_POE" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, true, FORMAT_TOTAL_FAILED,
	  "NOT_YET_VALID" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, false, FORMAT_INDETERMINATE,
	  "OUT_OF_BOUNDS_NO_POE" },
	{ X509_V_ERR_CERT_REVOKED, true, FORMAT_TOTAL_FAILED, "REVOKED" },
	{ X509_V_ERR_CERT_REVOKED, false, FORMAT_INDETERMINATE,
	  "REVOKED_CA_NO_POE" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, false, FORMAT_INDETERMINATE,
	  "NO_CERTIFICATE_CHAIN_FOUND" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, false,
	  FORMAT_INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, false,
	  FORMAT_INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, false, FORMAT_INDETERMINATE,
	  "NO_CERTIFICATE_CHAIN_FOUND" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, false, FORMAT_INDETERMINATE,
	  "NO_CERTIFICATE_CHAIN_FOUND" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, false, FORMAT_INDETERMINATE,
	  "TRY_LATER" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, false, FORMAT_INDETERMINATE,
	  "TRY_LATER" },
	{ X509_V_ERR_CRL_NOT_YET_VALID, false, FORMAT_INDETERMINATE,
	  "TRY_LATER" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, false, FORMAT_INDETERMINATE,
	  "CRYPTO_CONSTRAINTS_FAILURE" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, false, FORMAT_INDETERMINATE,
	  "CRYPTO_CONSTRAINTS_FAILURE" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, false, FORMAT_INDETERMINATE,
	  "CRYPTO_CONSTRAINTS_FAILURE" },
};

static int decide_failure(struct format_report *r, int error, int depth)
{
	const char *why = X509_verify_cert_error_string(error);

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].error == error &&
		    (!reasons[i].leaf || depth == 0))
			return format_report_decide(
				r, reasons[i].verdict, reasons[i].sub,
				"The signature is intact, but its certificate "
				"was not accepted: %s (certificate %d of the "
				"chain).",
				why, depth + 1);
	return format_report_decide(
		r, FORMAT_INDETERMINATE, "CERTIFICATE_CHAIN_GENERAL_FAILURE",
		"The signature is intact, but its certificate was not "
		"accepted: %s (certificate %d of the chain).",
		why, depth + 1);
}

/* RFC 5280 4.2.1.3: a key usage that is there has to allow signatures. */
static bool may_sign(X509 *x)
{
	return (X509_get_key_usage(x) &
		(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

static int decide(X509_STORE *store, X509 *leaf, STACK_OF(X509) *others,
		  struct format_report *r, struct error *e)
{
	X509_STORE_CTX *ctx AUTO(format_own_store_ctx) = X509_STORE_CTX_new();
	int ok;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, store, leaf, others) != 1)
		return error_set(e, ERR_NO_MEMORY, "the certificate chain");
	ok = X509_verify_cert(ctx);
	ERR_clear_error();
	if (ok != 1)
		return decide_failure(r, X509_STORE_CTX_get_error(ctx),
				      X509_STORE_CTX_get_error_depth(ctx));
	if (!may_sign(leaf))
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "CHAIN_CONSTRAINTS_FAILURE",
			"The signature is intact, but its certificate is not "
			"for signatures.");
	return format_report_decide(
		r, FORMAT_TOTAL_PASSED, "",
		"The signature is good, and its certificate leads to a given "
		"CA.");
}

static int gather(STACK_OF(X509) *all, STACK_OF(X509) *others,
		  const struct format_trust *trust, struct error *e)
{
	for (int i = 0; i < sk_X509_num(others); i++)
		if (X509_add_cert(all, sk_X509_value(others, i),
				  X509_ADD_FLAG_UP_REF) != 1)
			return error_set(e, ERR_NO_MEMORY, "certificates");
	return read_certificates(trust->untrusted, "further certificates", all,
				 e);
}

int format_chain_decide(const struct format_signer *s, STACK_OF(X509) *others,
			const struct format_trust *trust,
			struct format_report *r, struct error *e)
{
	STACK_OF(X509) *all AUTO(format_own_x509s) = sk_X509_new_null();
	X509_STORE *store AUTO(format_own_store) = NULL;
	int status;

	if (s->certificate == NULL || trust->anchors.len == 0)
		return format_report_decide(
			r, FORMAT_INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND",
			s->certificate == NULL ?
			"The signature is intact and made by the given key; "
			"without a certificate nothing says whose that is." :
			"The signature is intact; no CA was given, so nothing "
			"says whose it is.");
	if (all == NULL)
		return error_set(e, ERR_NO_MEMORY, "certificates");
	status = gather(all, others, trust, e);
	if (status == 0)
		status = make_store(trust, &store, e);
	return status != 0 ? status : decide(store, s->certificate, all, r, e);
}
