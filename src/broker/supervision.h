/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervision: a second person agrees first, with a key of their own.
 *
 * Where a rule of the policy names a supervisor, that person sees what is to
 * be signed, and signs a statement of it on their own token; only then is the
 * signer asked, whose key signs the same statement before anything else.  So
 * two certificates vouch for the approval, and nothing is signed by one alone.
 */
#ifndef SIGNET_BROKER_SUPERVISION_H
#define SIGNET_BROKER_SUPERVISION_H

#include <stdbool.h>

#include "base/attr.h"
#include "broker/approval.h"
#include "broker/item.h"
#include "broker/module.h"

struct request;

struct supervision {
	struct request *request;
	struct key *key;	/* of the supervisor; counted */
	struct module *module;	/* held */
	struct item_order order;
	struct item statement;	/* signed by the supervisor, as JWS */
	struct approval approval;
	struct wire_sign_item tbs;
	struct sign_job sign;
	bool under_way;
	/* refusal NULL: the supervisor signed.  Called exactly once. */
	void (*done)(struct request *r, const struct error *refusal);
};

/*
 * Ask the supervisor of the request's rule.  done() may be called before this
 * returns, and is not when this fails.  ERR_NOT_ALLOWED: the supervisor would
 * be the signer, or one of them has no certificate; else as broker_find_key()
 * and approval_start().
 */
int supervision_start(struct request *r,
		      void (*done)(struct request *r,
				   const struct error *refusal),
		      struct error *e) MUST_CHECK;

/* As approval_cancel(). */
bool supervision_cancel(struct supervision *s, const struct error *why);

void supervision_free(struct supervision *s); /* NULL is allowed */

/* What both sign, with the signer's key and its algorithm. */
int supervision_begin_signer(struct request *r, struct error *e) MUST_CHECK;

#endif
