/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name: X.509 names as text that is safe to show.
 *
 * Internal to src/format.  Pure.
 */
#ifndef SIGNET_FORMAT_NAME_H
#define SIGNET_FORMAT_NAME_H

#include <openssl/x509.h>

#include "base/attr.h"

/*
 * The whole name by RFC 4514, UTF-8, into out[size]; what does not fit ends
 * in "...".  ERR_BAD_CERTIFICATE: strings that are not what they say.
 */
int format_name_text(const X509_NAME *name, char *out, size_t size) MUST_CHECK;

/* The last commonName, not escaped by RFC 4514; "" when there is none. */
int format_name_common(const X509_NAME *name, char *out,
		       size_t size) MUST_CHECK;

/* RFC 5280 4.2.1.12's name of an extended key usage that OpenSSL knows. */
const char *format_name_usage(int nid);

#endif
