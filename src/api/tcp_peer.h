/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_peer: who is at the other end of a connection over the loopback.
 */
#ifndef SIGNET_API_TCP_PEER_H
#define SIGNET_API_TCP_PEER_H

#include "base/attr.h"
#include "broker/caller.h"

struct error;

/*
 * The user whose socket it is, by the kernel's list of sockets (sock_diag(7)),
 * into out, with our own groups: ERR_CALLER_UNKNOWN when that is not the user
 * of this process, or the kernel does not say.  Its program is not known.
 */
int tcp_peer_identify(int fd, struct caller *out, struct error *e) MUST_CHECK;

#endif
