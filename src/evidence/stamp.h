/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: a time stamp of a checkpoint (RFC 3161), and whether it is one.
 */
#ifndef SIGNET_EVIDENCE_STAMP_H
#define SIGNET_EVIDENCE_STAMP_H

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;

/*
 * Is stamp (TimeStampToken, DER) over the SHA-256 of what?  With ca (PEM) also:
 * was it made by an authority whose certificate those CAs vouch for, as of the
 * time that it states?  That goes to *time, in seconds since 1970.
 *
 * ERR_BAD_SIGNATURE: it is not.  ERR_BAD_CERTIFICATE: ca has no certificate.
 */
int stamp_check(struct slice stamp, struct slice what, struct slice ca,
		int64_t *time, struct error *e) MUST_CHECK;

#endif
