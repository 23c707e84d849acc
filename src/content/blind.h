/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blind: contents that nobody can read: name, type, size and digest.
 */
#ifndef SIGNET_CONTENT_BLIND_H
#define SIGNET_CONTENT_BLIND_H

#include "content/content.h"

/* Why: the values of the line "blind". */
#define CONTENT_BLIND_TYPE "unknown-type"
#define CONTENT_BLIND_CHARSET "charset"
#define CONTENT_BLIND_LARGE "too-large"
#define CONTENT_BLIND_LINES "too-many-lines"
#define CONTENT_BLIND_DIGEST "digest"

/*
 * Lines "blind" (why), "name", "media-type", "size", and "sha-256" of the
 * data, which is computed unless the input has it.
 * ERR_CONTENT: a digest beside the data that is none, ERR_CRYPTO.
 */
int content_blind_data(struct content *c, const struct content_input *in,
		       const char *why, struct error *e) MUST_CHECK;

/*
 * The same of a digest, whose line is named by its algorithm.
 * ERR_CONTENT: not sha-256, sha-384 or sha-512, or not of its length.
 */
int content_blind_digest(struct content *c, const struct content_input *in,
			 struct error *e) MUST_CHECK;

#endif
