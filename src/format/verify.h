/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: is this signature good, whose is it, and can it be relied on?
 *
 * Runs in the client (`signet verify`).  Pure: anchors, revocation lists and
 * the time are given.  The answer is in the words of ETSI EN 319 102-1 5.1.3.
 * There are no time-stamps: trust.time stands for the time of signing, so an
 * expired or revoked certificate is TOTAL-FAILED, not INDETERMINATE.
 */
#ifndef SIGNET_FORMAT_VERIFY_H
#define SIGNET_FORMAT_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"
#include "format/alg.h"
#include "format/certificate.h"

enum format_verdict {
	FORMAT_INDETERMINATE, /* zero: nothing is good until it was shown */
	FORMAT_TOTAL_PASSED,
	FORMAT_TOTAL_FAILED,
};

/* What is relied on.  All slices borrowed, and may be empty. */
struct format_trust {
	struct slice anchors;	/* PEM: CA certificates */
	struct slice untrusted; /* PEM: certificates that may help a chain */
	/* PEM: with any, the signer's issuer must have one; CAs that have
	 * one are looked up in it too. */
	struct slice crls;
	int64_t time;		/* seconds since 1970: judged as of then */
	/*
	 * DER of the signer's certificate, or of its SubjectPublicKeyInfo: for
	 * a signature that carries no certificate (raw; JWS with kid).
	 */
	struct slice signer;
};

struct format_report {
	enum format_verdict verdict;
	/*
	 * Sub-indication, "" for TOTAL-PASSED: FORMAT_FAILURE, HASH_FAILURE,
	 * SIG_CRYPTO_FAILURE, EXPIRED, NOT_YET_VALID, REVOKED (TOTAL-FAILED);
	 * NO_SIGNING_CERTIFICATE_FOUND, NO_CERTIFICATE_CHAIN_FOUND,
	 * SIGNED_DATA_NOT_FOUND, CHAIN_CONSTRAINTS_FAILURE,
	 * CERTIFICATE_CHAIN_GENERAL_FAILURE, CRYPTO_CONSTRAINTS_FAILURE,
	 * OUT_OF_BOUNDS_NO_POE, REVOKED_CA_NO_POE, TRY_LATER (INDETERMINATE).
	 */
	const char *sub;
	char text[ERROR_MESSAGE_MAX]; /* a sentence for people */
	const char *algorithm;	      /* "ES256"; "" when not known */
	/* Of the signer's certificate; "" when there is none. */
	char signer[FORMAT_CERTIFICATE_NAME];
	char issuer[FORMAT_CERTIFICATE_NAME];
	char serial[FORMAT_CERTIFICATE_SERIAL];
	bool has_certificate;
	uint8_t certificate_sha256[32];
	/* As the signer says (CMS signingTime); nobody vouches for it. */
	bool has_signing_time;
	int64_t signing_time;
};

/* "TOTAL-PASSED", ... */
const char *format_verdict_name(enum format_verdict verdict);

/*
 * The three below return 0 whenever there is a verdict, whatever it is.
 * ERR_BAD_CERTIFICATE: trust cannot be read; ERR_NO_MEMORY, ERR_CRYPTO.
 */

/*
 * RFC 5652 SignedData in DER or BER.  content: NULL when it is attached; given
 * with an attached one, both must be the same.  With several signers every
 * one has to pass; the report is on the first that does not, or the last.
 */
int format_verify_cms(struct slice cms, const struct slice *content,
		      const struct format_trust *trust,
		      struct format_report *out, struct error *e) MUST_CHECK;

/*
 * RFC 7515 compact serialization, payload attached, or detached by RFC 7797 or
 * RFC 7515 appendix F; content as above.  alg is one of format_alg_all(); the
 * key is x5c's leaf, or trust->signer when there is no x5c.
 */
int format_verify_jws(struct slice jws, const struct slice *content,
		      const struct format_trust *trust,
		      struct format_report *out, struct error *e) MUST_CHECK;

/* A bare signature by trust->signer; ECDSA as r||s or DER. */
int format_verify_raw(struct slice signature, const struct format_alg *alg,
		      struct slice content, const struct format_trust *trust,
		      struct format_report *out, struct error *e) MUST_CHECK;

#endif
