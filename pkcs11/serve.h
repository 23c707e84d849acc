/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the loop of signet-worker.
 *
 * Reads whole frames from the socket, has them dispatched in order, and sends
 * the answers.  A peer that breaks the protocol ends the process.
 */
#ifndef SIGNET_PKCS11_SERVE_H
#define SIGNET_PKCS11_SERVE_H

#include "pkcs11/dispatch.h"
#include "pkcs11/exit.h"

/* Serve until the end; returns what to leave with. */
enum p11_exit p11_serve(struct p11_worker *w);

#endif
