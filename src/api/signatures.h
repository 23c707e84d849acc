/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signatures: what POST /v1/signatures and /v1/authentications share.
 */
#ifndef SIGNET_API_SIGNATURES_H
#define SIGNET_API_SIGNATURES_H

#include "base/attr.h"

struct error;
struct exchange;

/* The Idempotency-Key of x, if it has one.  As idempotent_new(). */
int signatures_idempotent(struct exchange *x, struct error *e) MUST_CHECK;

/* The request of x is filled in: go, and answer when it has ended. */
void signatures_go(struct exchange *x);

#endif
