/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer: the one request of signetd, and the end of it.
 */
#ifndef SIGNET_PKCS11_READER_PEER_H
#define SIGNET_PKCS11_READER_PEER_H

#include <stdint.h>

#include "base/attr.h"

struct error;

/*
 * Wait for the request; its number goes to *id.  1: it came; 0: signetd closed
 * the socket; ERR_PROTOCOL: it is another, or of another version.
 */
int reader_peer_request(int fd, uint32_t *id, struct error *e) MUST_CHECK;

/* Wait for the end: 0 when signetd closed; ERR_PROTOCOL when it says more. */
int reader_peer_end(int fd, struct error *e) MUST_CHECK;

#endif
