/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: how the verification of each format comes to its verdict.
 *
 * Steps return 0 to go on, FORMAT_DECIDED when the report holds the verdict,
 * or a negative error.  Internal to src/format.
 */
#ifndef SIGNET_FORMAT_REPORT_H
#define SIGNET_FORMAT_REPORT_H

#include <openssl/x509.h>

#include "format/digest.h"
#include "format/format.h"
#include "format/verify.h"

#define FORMAT_DECIDED 1

void format_report_init(struct format_report *r);

/* Note the verdict and return FORMAT_DECIDED. */
int format_report_decide(struct format_report *r, enum format_verdict verdict,
			 const char *sub, const char *text, ...)
	PRINTF_LIKE(4, 5);

/* TOTAL-FAILED / FORMAT_FAILURE. */
#define format_report_malformed(r, ...) \
	format_report_decide((r), FORMAT_TOTAL_FAILED, "FORMAT_FAILURE", \
			     __VA_ARGS__)

/* Who signs, as far as the signature or the trust says so. */
struct format_signer {
	X509 *certificate; /* owned; NULL when only the key is known */
	uint8_t *spki_der; /* owned by OpenSSL's allocator */
	struct slice spki;
};
void format_signer_fini(struct format_signer *s);

/* Take this certificate (a reference is kept), and describe it in r. */
int format_signer_certificate(struct format_signer *s, X509 *x,
			      struct format_report *r, struct error *e)
	MUST_CHECK;

/* trust->signer: a certificate or a bare key; decides when it is empty. */
int format_signer_given(struct format_signer *s,
			const struct format_trust *trust,
			struct format_report *r, struct error *e) MUST_CHECK;

/*
 * Is signature (ECDSA as r||s) one of tbs by the signer?  Decides
 * SIG_CRYPTO_FAILURE when it is not.
 */
int format_signer_check(const struct format_signer *s,
			const struct format_tbs *tbs, struct slice signature,
			struct format_report *r, struct error *e) MUST_CHECK;

/* Type and curve of the signer's key, "" for RSA; ERR_UNSUPPORTED. */
int format_signer_key(const struct format_signer *s, enum wire_key_type *type,
		      const char **curve) MUST_CHECK;

/*
 * The last step: always decides, or fails.  others (may be NULL) are the
 * certificates that came with the signature.
 */
int format_chain_decide(const struct format_signer *s, STACK_OF(X509) *others,
			const struct format_trust *trust,
			struct format_report *r, struct error *e) MUST_CHECK;

#endif
