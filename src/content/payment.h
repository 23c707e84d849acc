/* SPDX-License-Identifier: Apache-2.0 */
/*
 * payment: application/vnd.signet.payment+json, typed fields of a payment.
 *
 * What is signed is the canonical form (RFC 8785), and every member of it is a
 * line: nothing is signed that is not shown.
 */
#ifndef SIGNET_CONTENT_PAYMENT_H
#define SIGNET_CONTENT_PAYMENT_H

#include "content/content.h"

/* Of in->data, which has to be the canonical form already. */
int content_payment_read(struct content *c, const struct content_input *in,
			 struct error *e) MUST_CHECK;

/* Of in->payment, any JSON of a payment; c->canonical is made of it. */
int content_payment_object(struct content *c, const struct content_input *in,
			   struct error *e) MUST_CHECK;

/*
 * Append the canonical form of a payment.  ERR_CONTENT: what is no payment,
 * ERR_TOO_LARGE: above LIMIT_PAYMENT, or out is too small.
 */
int content_payment_canonical(struct slice json_text, struct buf *out,
			      struct error *e) MUST_CHECK;

#endif
