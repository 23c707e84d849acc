/* SPDX-License-Identifier: Apache-2.0 */
/*
 * approval: did somebody, or a standing rule, consent to this signature?
 */
#ifndef SIGNET_BROKER_APPROVAL_H
#define SIGNET_BROKER_APPROVAL_H

#include "base/attr.h"

struct error;
struct token;

/*
 * Only the standing rule is there yet: tokens that are configured as
 * unattended sign for every caller that may use the socket.
 * ERR_NOT_UNATTENDED for all others, ERR_* of a token that failed.
 */
int approval_decide(const struct token *t, struct error *e) MUST_CHECK;

#endif
