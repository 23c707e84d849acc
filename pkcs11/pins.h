/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: the socket by which the PINs of a person come, a packet each.
 *
 * Runs in signet-worker.  The other end is held by whoever asked the person;
 * signetd only passed this one on.
 */
#ifndef SIGNET_PKCS11_PINS_H
#define SIGNET_PKCS11_PINS_H

#include <stdint.h>

#include "base/secret.h"
#include "pkcs11/token.h"

/* Is fd a socket by which PINs can come?  ERR_PROTOCOL. */
int p11_pins_check(int fd, struct error *e) MUST_CHECK;

/* The token's socket from now on is fd, which is taken over; closes another. */
void p11_pins_set(struct p11_token *t, int fd);
/* Close it.  A token without one is fine. */
void p11_pins_drop(struct p11_token *t);

/*
 * The next PIN into s, which must be initialised; waits until deadline_ns
 * (CLOCK_MONOTONIC).  ERR_NOT_LOGGED_IN: nobody prepared the token;
 * ERR_PROMPT: the other end was closed, or nothing came in time;
 * ERR_PIN_LENGTH: nothing in the packet, or more than SECRET_MAX.  s is empty
 * then.
 */
int p11_pins_read(struct p11_token *t, int64_t deadline_ns, struct secret *s,
		  struct error *e) MUST_CHECK;

#endif
