/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alg: the signature algorithms, by their JOSE names (RFC 7518 section 3.1,
 * RFC 8037), and what each asks of a key and of the token.
 */
#ifndef SIGNET_FORMAT_ALG_H
#define SIGNET_FORMAT_ALG_H

#include <stddef.h>

#include "wire/keys.h"
#include "wire/sign.h"

struct format_alg {
	const char *name;	       /* "ES256" */
	enum wire_key_type key;
	const char *curve;	       /* "P-256": the one; NULL: RSA */
	enum wire_mechanism mechanism;
	enum wire_hash hash;	       /* WIRE_HASH_NONE for EdDSA */
};

/* NULL when there is no such algorithm. */
const struct format_alg *format_alg_by_name(const char *name);

/* All of them, in the order they are offered; count in *len. */
const struct format_alg *format_alg_all(size_t *len);

/* True when a key of this type and curve ("" for RSA) can do alg. */
bool format_alg_fits(const struct format_alg *alg, enum wire_key_type type,
		     const char *curve);

/*
 * The algorithm a key uses when nobody names one: RS256, the ES* of the
 * curve, EdDSA.  NULL for a curve we do not know.
 */
const struct format_alg *format_alg_default(enum wire_key_type type,
					    const char *curve);

/* OpenSSL's name ("SHA256") and length in bytes of a digest; NULL and 0. */
const char *format_hash_name(enum wire_hash hash);
size_t format_hash_len(enum wire_hash hash);

#endif
