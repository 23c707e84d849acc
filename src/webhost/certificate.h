/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: which key, of those that GET /v1/keys has, Web eID means.
 */
#ifndef SIGNET_WEBHOST_CERTIFICATE_H
#define SIGNET_WEBHOST_CERTIFICATE_H

#include "base/attr.h"
#include "base/slice.h"
#include "base/writer.h"

struct error;
struct json_t;

/*
 * The key to sign with: its certificate is valid at now and not for signing in;
 * nonRepudiation before others, then the first by URI.  Borrowed from keys.
 * ERR_NO_SUCH_KEY.
 */
int certificate_choose(const struct json_t *keys, int64_t now,
		       const struct json_t **out, struct error *e) MUST_CHECK;

/* The key of a certificate.  ERR_NO_SUCH_KEY. */
int certificate_find(const struct json_t *keys, struct slice der,
		     const struct json_t **out, struct error *e) MUST_CHECK;

/* Its certificate, in base64. */
const char *certificate_of(const struct json_t *key);

/* "supportedSignatureAlgorithms": [...]. */
void certificate_put_algorithms(struct writer *j, const struct json_t *key);

/* One of them, by its JOSE name, as a member of that name. */
void certificate_put_algorithm(struct writer *j, const char *name,
			       const char *algorithm);

/*
 * The JOSE name of the algorithm by which this key signs such a hash; NULL: it
 * cannot.
 */
const char *certificate_algorithm(const struct json_t *key, unsigned bits);

#endif
