/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: the members of a signature request, from JSON into a struct request.
 */
#ifndef SIGNET_API_ORDER_H
#define SIGNET_API_ORDER_H

#include "api/body.h"
#include "base/attr.h"

struct error;
struct request;
struct spool;

/* For body_init(): the spool of an item of the request arg; NULL: too many. */
struct spool *order_spool(void *arg, unsigned item);

/*
 * Strict: unknown, missing, doubled members, wrong types and over-long values
 * are ERR_MALFORMED with the member's name; what this version cannot do yet is
 * ERR_UNSUPPORTED.  The data of each item is in its spool already.
 */
int order_parse(struct body *body, struct request *r, struct error *e)
	MUST_CHECK;

#endif
