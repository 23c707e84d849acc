/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authorise: does the policy let this request be signed, and how?
 */
#ifndef SIGNET_BROKER_AUTHORISE_H
#define SIGNET_BROKER_AUTHORISE_H

#include <stdbool.h>

#include <stdbool.h>

#include "base/attr.h"

struct broker;
struct caller;
struct error;
struct key;
struct key;
struct request;
struct token;

/*
 * Decide about a request whose key is chosen and whose items were read: its
 * verdict, which is POLICY_ASK or POLICY_ALLOW when this returns 0.
 * ERR_NOT_ALLOWED with the explanation; ERR_QUOTA: above the rule's rate.
 */
int authorise(struct request *r, struct error *e) MUST_CHECK;

/*
 * Would the policy have the caller of r have something shown signed, of this
 * type, with that key?  Nothing is counted.
 */
bool authorise_would(const struct request *r, const struct key *k,
		     const char *media_type) MUST_CHECK;

/*
 * Could anything be signed for this caller with this key?  True for programs:
 * they see all keys.  A page sees those that the policy lets it use.
 */
bool authorise_sees(const struct broker *b, const struct caller *c,
		    const struct key *k);

/* The same of a token: has it a key that this caller sees? */
bool authorise_sees_token(const struct broker *b, const struct caller *c,
			  const struct token *t);

/* Forget what was counted: the rules are others now. */
void authorise_forget(struct broker *b);

#endif
