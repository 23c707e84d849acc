/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: PKCS#11 URIs in rules, by p11-kit's parser.
 *
 * Pure: the parser looks at no module.
 */
#ifndef SIGNET_POLICY_KEY_H
#define SIGNET_POLICY_KEY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/slice.h"

struct error;
struct policy_question;

/*
 * ERR_CONFIG: not a PKCS#11 URI of a token or key, one that names neither
 * (such as "pkcs11:"), or one with PIN, module or what is not known.
 */
int policy_key_check(const char *uri, struct error *e) MUST_CHECK;

/* Is the question's key of that URI?  No, when the URI is not valid. */
bool policy_key_matches(const char *uri, const struct policy_question *q);

/*
 * Can a token be of both URIs?  No, when an attribute of a token is given in
 * both and is not the same, or one is no URI.
 */
bool policy_key_same_token(const char *a, const char *b);

/* What a URI says; "" and 0 for what it does not. */
struct policy_key_names {
	char token[33];
	char serial[17];
	char manufacturer[33];
	char model[17];
	char object[LIMIT_LABEL + 1];
	uint8_t id[LIMIT_KEY_ID];
	size_t id_len;
};

/* ERR_CONFIG as policy_key_check(), or for an object or id that is too long. */
int policy_key_read(const char *uri, struct policy_key_names *out,
		    struct error *e) MUST_CHECK;

#endif
