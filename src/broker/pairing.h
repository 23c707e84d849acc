/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing: a page asks the user to be allowed to ask for signatures.
 *
 * Asked is as for a signature (approval.h), but without a token, a key or a
 * PIN.  What is allowed is kept (origins.h) for the user who was asked, and
 * recorded.  The policy decides which pages may ask (match: paired) and what
 * those that were allowed may have.
 */
#ifndef SIGNET_BROKER_PAIRING_H
#define SIGNET_BROKER_PAIRING_H

#include <stdbool.h>

#include "base/attr.h"
#include "broker/approval.h"
#include "broker/caller.h"
#include "broker/origins.h"

struct pairing {
	/* Filled in by the API, which owns it until done(). */
	struct caller caller; /* with its origin */
	/* Over: failure is NULL when it is allowed.  Called exactly once. */
	void (*done)(struct pairing *p, const struct error *failure);
	void *done_arg;

	struct approval approval;
};

/* done() may be called before this returns. */
void pairing_start(struct broker *b, struct pairing *p);

/* The page has gone: done() is called before this returns. */
void pairing_cancel(struct pairing *p, const char *why);

/* Has that user allowed the page? */
bool pairing_stands(const struct broker *b, uid_t uid, const char *origin)
	MUST_CHECK;

/*
 * A program of the user allows a page: whoever sits there has typed its name.
 * ERR_MALFORMED; ERR_NOT_ALLOWED: no rule would know it; as origins_add().
 */
int pairing_allow(struct broker *b, const struct caller *c,
		  const char *origin, struct error *e) MUST_CHECK;

/*
 * It may no longer, from now on: what it has asked for is cancelled, and it
 * hears of no more events.  As origins_remove().
 */
int pairing_revoke(struct broker *b, const struct caller *c,
		   const char *origin, struct error *e) MUST_CHECK;

#endif
