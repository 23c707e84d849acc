/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consent: who has to agree to a request before it is signed.
 */
#ifndef SIGNET_BROKER_CONSENT_H
#define SIGNET_BROKER_CONSENT_H

#include <stdbool.h>

#include "base/attr.h"

struct error;
struct request;

/*
 * Ask its supervisor, if its rule names one, and then its signer; the way goes
 * on to signing_begin().  ERR_QUOTA, and what keeps them from being asked; the
 * caller ends the request then.
 */
int consent_ask(struct request *r, struct error *e) MUST_CHECK;

/*
 * More is known of its key than when the signer was asked: what is to be asked
 * for then.  ERR_NOT_ALLOWED: it cannot be, by the limits.
 */
int consent_renew(struct request *r, struct error *e) MUST_CHECK;

/* Nobody need be asked any more, by r->error: true: that ends it at once. */
bool consent_cancel(struct request *r);

/* The request has ended: others may be asked. */
void consent_end(struct request *r);

#endif
