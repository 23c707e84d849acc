/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: does a raw signature verify with this public key?
 *
 * Asked of every signature before anyone sees it, so it is built for speed: a
 * struct format_public is made once for a key and used for all its checks.
 */
#ifndef SIGNET_FORMAT_CHECK_H
#define SIGNET_FORMAT_CHECK_H

#include "base/attr.h"
#include "base/slice.h"
#include "format/format.h"

struct error;
struct format_public;

/* From a DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7).  ERR_BAD_CERTIFICATE. */
int format_public_new(struct slice spki, struct format_public **out,
		      struct error *e) MUST_CHECK;
void format_public_free(struct format_public *p);

/*
 * 0 when signature (as PKCS#11 gives it: ECDSA r||s) is one of tbs by p;
 * ERR_MISMATCH when it is not, whatever the reason.  p may be used by several
 * threads at a time.
 */
int format_check(struct format_public *p, const struct format_tbs *tbs,
		 struct slice signature, struct error *e) MUST_CHECK;

#endif
