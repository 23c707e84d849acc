/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: what is kept of the end of a request.
 *
 * For now a line for the log; the journal will take the same record.
 */
#ifndef SIGNET_EVIDENCE_RECORD_H
#define SIGNET_EVIDENCE_RECORD_H

#include <sys/types.h>

#include "base/buf.h"

struct error;

struct record {
	const char *outcome;	/* released, refused, declined, failed, ... */
	uid_t uid;		/* of the caller */
	pid_t pid;
	const char *exe;	/* path of the caller's program, or "" */
	const char *key;	/* URI, or "" when it came to none */
	const char *algorithm;	/* JOSE name, or "" */
	const char *format;
	const char *rule;	/* of the policy, or "" */
	const char *content_name;
	const uint8_t *content_sha256; /* 32 bytes, or NULL for a digest */
	struct slice signature; /* raw; its SHA-256 is recorded */
	const struct error *failure; /* NULL when released */
};

/* The record as one line of text, without its end, behind what out has. */
void record_line(const struct record *r, struct buf *out);

#endif
