/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: what signet-prompt is told (docs/PROTOCOL.prompt), as JSON.
 */
#ifndef SIGNET_BROKER_ASK_H
#define SIGNET_BROKER_ASK_H

#include "base/buf.h"

struct approval;
struct error;
struct item;
struct key;

/* What is asked for; the rest of the request is the approval's. */
struct ask {
	const char *kind;	/* "sign", "pin-change", ... */
	const struct key *key;	/* NULL: none */
	const struct key *signer; /* of "supervise": whose key will sign */
	const char *format;	/* NULL: none */
	const char *algorithm;	/* NULL: none */
	const char *rule;	/* of the policy */
	/* PINs in their order, a letter each: u user, n new user, s SO. */
	const char *pins;
	unsigned repeat;	/* so often, for a batch; else 1 */
	const struct item *items;
	unsigned count;
};

/* One JSON object and its line end.  As content_summary_add(). */
int ask_put(const struct ask *q, const struct approval *a, struct buf *out,
	    struct error *e) MUST_CHECK;

#endif
