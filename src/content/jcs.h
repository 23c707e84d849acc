/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jcs: JSON that has one form only (RFC 8785, JSON Canonicalization Scheme),
 * and the strict reading of JSON.
 */
#ifndef SIGNET_CONTENT_JCS_H
#define SIGNET_CONTENT_JCS_H

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/*
 * Parse an object: UTF-8, no member twice, nothing behind it.  *out is the
 * caller's.  Fails with the given code and "<what> is no JSON object: why".
 */
int content_jcs_load(struct slice text, const char *what, int code,
		     json_t **out, struct error *e) MUST_CHECK;

/*
 * Append the canonical form.  Of numbers only integers up to 2^53 are
 * supported, which every reader takes for the same; others, and more than 32
 * levels, are ERR_CONTENT.  Otherwise as buf_error(out).
 */
int content_jcs_put(const json_t *value, struct buf *out, struct error *e)
	MUST_CHECK;

#endif
