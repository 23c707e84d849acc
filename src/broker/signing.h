/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signing: the way of a request from its approval to its release.
 */
#ifndef SIGNET_BROKER_SIGNING_H
#define SIGNET_BROKER_SIGNING_H

struct request;

/*
 * It is approved: make the bytes to be signed, have them signed, check and
 * release.
 * Ends the request in any case, maybe before this returns.
 */
void signing_begin(struct request *r);

#endif
