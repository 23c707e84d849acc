/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cms_oid: the object identifiers of CMS, as DER elements ready to be put.
 *
 * Internal to src/format.  Constant.
 */
#ifndef SIGNET_FORMAT_CMS_OID_H
#define SIGNET_FORMAT_CMS_OID_H

#include "base/slice.h"
#include "format/alg.h"

extern const struct slice format_cms_oid_data;		 /* RFC 5652 4 */
extern const struct slice format_cms_oid_signed_data;	 /* 5.1 */
extern const struct slice format_cms_oid_content_type;	 /* 11.1 */
extern const struct slice format_cms_oid_message_digest; /* 11.2 */
extern const struct slice format_cms_oid_signing_time;	 /* 11.3 */
/* RFC 5035 3 */
extern const struct slice format_cms_oid_signing_certificate_v2;

/* OID of a digest (RFC 5754 2); empty for WIRE_HASH_NONE. */
struct slice format_cms_oid_hash(enum wire_hash hash);

/*
 * The whole SignatureAlgorithmIdentifier: rsaEncryption (RFC 3370 3.2), id-
 * RSASSA-PSS with its parameters (RFC 4056 2.2), ecdsa-with-SHA* (RFC 5753
 * 2.1.1) or id-Ed25519 (RFC 8419 2.2).
 */
struct slice format_cms_oid_signature(const struct format_alg *alg);

#endif
