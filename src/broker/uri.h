/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uri: PKCS#11 URIs (RFC 7512) of tokens and keys.
 */
#ifndef SIGNET_BROKER_URI_H
#define SIGNET_BROKER_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"
#include "wire/tokens.h"

struct error;
struct uri;

/*
 * ERR_MALFORMED: not a PKCS#11 URI, longer than LIMIT_URI, or one with a
 * query: neither a PIN nor a module is chosen by whoever names a key.
 */
int uri_parse(const char *text, struct uri **out, struct error *e) MUST_CHECK;
void uri_free(struct uri *u);
void uri_freep(struct uri **u);

/* True when every token attribute of the URI is the token's. */
bool uri_matches_token(const struct uri *u, const struct wire_token *t);
/* True when id= and object=, where given, are these. */
bool uri_matches_key(const struct uri *u, struct slice id, const char *label);

/*
 * The URI of a token, or of a private key on it, into out[size].
 * ERR_TOO_LARGE when it does not fit, ERR_NO_MEMORY.
 */
int uri_of_token(const struct wire_token *t, char *out, size_t size,
		 struct error *e) MUST_CHECK;
int uri_of_key(const struct wire_token *t, struct slice id, const char *label,
	       char *out, size_t size, struct error *e) MUST_CHECK;

#endif
