/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alg: the table of signature algorithms.  Constant; used in every process.
 */
#include "format/alg.h"

#include <string.h>

static const struct format_alg algs[] = {
	{ "RS256", WIRE_KEY_RSA, NULL, WIRE_RSA_PKCS, WIRE_SHA256 },
	{ "RS384", WIRE_KEY_RSA, NULL, WIRE_RSA_PKCS, WIRE_SHA384 },
	{ "RS512", WIRE_KEY_RSA, NULL, WIRE_RSA_PKCS, WIRE_SHA512 },
	{ "PS256", WIRE_KEY_RSA, NULL, WIRE_RSA_PSS, WIRE_SHA256 },
	{ "PS384", WIRE_KEY_RSA, NULL, WIRE_RSA_PSS, WIRE_SHA384 },
	{ "PS512", WIRE_KEY_RSA, NULL, WIRE_RSA_PSS, WIRE_SHA512 },
	{ "ES256", WIRE_KEY_EC, "P-256", WIRE_ECDSA, WIRE_SHA256 },
	{ "ES384", WIRE_KEY_EC, "P-384", WIRE_ECDSA, WIRE_SHA384 },
	{ "ES512", WIRE_KEY_EC, "P-521", WIRE_ECDSA, WIRE_SHA512 },
	{ "EdDSA", WIRE_KEY_ED, "Ed25519", WIRE_EDDSA, WIRE_HASH_NONE },
};

const struct format_alg *format_alg_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (strcmp(algs[i].name, name) == 0)
			return &algs[i];
	return NULL;
}

const struct format_alg *format_alg_all(size_t *len)
{
	*len = ARRAY_LEN(algs);
	return algs;
}

bool format_alg_fits(const struct format_alg *alg, enum wire_key_type type,
		     const char *curve)
{
	if (alg->key != type)
		return false;
	return alg->curve == NULL || strcmp(alg->curve, curve) == 0;
}

const struct format_alg *format_alg_default(enum wire_key_type type,
					    const char *curve)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (format_alg_fits(&algs[i], type, curve))
			return &algs[i];
	return NULL;
}

const char *format_hash_name(enum wire_hash hash)
{
	switch (hash) {
	case WIRE_SHA256:
		return "SHA256";
	case WIRE_SHA384:
		return "SHA384";
	case WIRE_SHA512:
		return "SHA512";
	case WIRE_HASH_NONE:
		break;
	}
	return NULL;
}

size_t format_hash_len(enum wire_hash hash)
{
	switch (hash) {
	case WIRE_SHA256:
		return 32;
	case WIRE_SHA384:
		return 48;
	case WIRE_SHA512:
		return 64;
	case WIRE_HASH_NONE:
		break;
	}
	return 0;
}
