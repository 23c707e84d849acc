/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank: is a bank's request what the policy's rule wants of it?
 */
#ifndef SIGNET_BROKER_BANK_H
#define SIGNET_BROKER_BANK_H

#include "base/attr.h"

struct error;
struct request;

/*
 * For a request that the policy has decided about, before anybody sees it:
 * each item that a bank signed is good by the key that the rule pins, for its
 * audience and time, and was not used before; from here on it was.
 * ERR_BANK_REQUEST, ERR_REPLAYED; ERR_NOT_DURABLE; ERR_BAD_CERTIFICATE: the
 * pinned file.  Reads that file; one fsync an item.
 */
int bank_check(struct request *r, struct error *e) MUST_CHECK;

/* Can this file be pinned: a PEM certificate, or public key?  As above. */
int bank_pin_check(const char *path, struct error *e) MUST_CHECK;

#endif
