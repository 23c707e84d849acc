/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form: records and statements, read back: JSON in canonical form (RFC 8785).
 */
#ifndef SIGNET_EVIDENCE_FORM_H
#define SIGNET_EVIDENCE_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/*
 * Parse an object; text must be the one form that it has.  scratch is used.
 * *out is the caller's.  ERR_MALFORMED: what it is not.
 */
int form_load(struct slice text, struct buf *scratch, json_t **out,
	      struct error *e) MUST_CHECK;

/* Members of root; false: not there, or not of that kind. */
bool form_number(const json_t *root, const char *name, uint64_t *out)
	MUST_CHECK;
/* A digest in lower-case hexadecimal, into out[CHAIN_HASH]. */
bool form_digest(const json_t *root, const char *name, uint8_t *out)
	MUST_CHECK;
/* "" when it is not there. */
const char *form_text(const json_t *root, const char *name);

#endif
