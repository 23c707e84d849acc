/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws: the JWS Signing Input (RFC 7515 5.1 step 8, RFC 7797 3), which signing
 * and verifying make alike.
 *
 * Internal to src/format.  Pure.
 */
#ifndef SIGNET_FORMAT_JWS_H
#define SIGNET_FORMAT_JWS_H

#include "base/buf.h"
#include "base/slice.h"
#include "format/digest.h"

/*
 * Hash header "." payload into input, which has been started, without either
 * being anywhere whole; the payload is content as it is, or (encode) in
 * base64url.  The content itself goes into second, unless NULL.
 */
int format_jws_hash(struct format_digest *input, struct slice header,
		    struct slice content, bool encode,
		    struct format_digest *second, struct error *e) MUST_CHECK;

/* The same, whole, appended to out, for EdDSA.  ERR_TOO_LARGE by out->max. */
int format_jws_message(struct slice header, struct slice content, bool encode,
		       struct buf *out, struct error *e) MUST_CHECK;

#endif
