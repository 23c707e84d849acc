/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_raw: a bare signature, by a certificate or key that is given.
 */
#include <string.h>

#include "format/ecdsa.h"
#include "format/op.h"
#include "format/report.h"

/* tbs as the signer made it, in bytes[FORMAT_DIGEST_INFO_MAX]. */
static int make_tbs(const struct format_alg *alg, struct slice content,
		    uint8_t *bytes, struct format_tbs *tbs, struct error *e)
{
	struct format_digest d AUTO(format_digest_fini) = { .ctx = NULL };
	uint8_t digest[FORMAT_DIGEST_MAX], sha256[FORMAT_SHA256_LEN];
	int r;

	tbs->mechanism = alg->mechanism;
	tbs->hash = alg->hash;
	tbs->data = content;
	if (alg->mechanism == WIRE_EDDSA)
		return 0;
	r = alg->hash == WIRE_SHA256 ?
		format_digest_both(&d, alg->hash, content, digest, sha256, e) :
		format_digest_of(&d, alg->hash, content, digest, e);
	if (r == 0)
		format_tbs_of_digest(tbs, digest, bytes);
	return r;
}

/* Both shapes of ECDSA come: what has not the length of r||s is DER. */
static int check(const struct format_signer *s, const struct format_alg *alg,
		 const struct format_tbs *tbs, struct slice signature,
		 struct format_report *r, struct error *e)
{
	struct buf rs AUTO(buf_fini) = { .max = FORMAT_ECDSA_DER_MAX };
	size_t len;

	if (alg->mechanism != WIRE_ECDSA)
		return format_signer_check(s, tbs, signature, r, e);
	len = format_ecdsa_len(alg->curve);
	if (signature.len == len &&
	    format_signer_check(s, tbs, signature, r, e) == 0)
		return 0;
	if (format_ecdsa_from_der(signature, len, &rs) == 0)
		return format_signer_check(s, tbs, buf_slice(&rs), r, e);
	if (signature.len == len)
		return FORMAT_DECIDED;
	return format_report_malformed(
		r, "The signature is neither r||s nor DER.");
}

static int verify(struct slice signature, const struct format_alg *alg,
		  struct slice content, const struct format_trust *trust,
		  struct format_report *r, struct error *e)
{
	struct format_signer s AUTO(format_signer_fini) = { .spki_der = NULL };
	uint8_t bytes[FORMAT_DIGEST_INFO_MAX];
	enum wire_key_type type;
	struct format_tbs tbs;
	const char *curve;
	int status = format_signer_given(&s, trust, r, e);

	if (status != 0)
		return status;
	if (format_signer_key(&s, &type, &curve) != 0 ||
	    !format_alg_fits(alg, type, curve))
		return format_report_decide(
			r, FORMAT_TOTAL_FAILED, "SIG_CRYPTO_FAILURE",
			"The signer's key cannot make a signature by %s.",
			alg->name);
	status = make_tbs(alg, content, bytes, &tbs, e);
	if (status == 0)
		status = check(&s, alg, &tbs, signature, r, e);
	return status != 0 ? status :
		format_chain_decide(&s, NULL, trust, r, e);
}

int format_verify_raw(struct slice signature, const struct format_alg *alg,
		      struct slice content, const struct format_trust *trust,
		      struct format_report *out, struct error *e)
{
	struct format_report r;
	int status;

	format_report_init(&r);
	r.algorithm = alg->name;
	status = verify(signature, alg, content, trust, &r, e);
	if (status < 0)
		return status;
	*out = r;
	return 0;
}
