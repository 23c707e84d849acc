/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutex: the mutex callbacks a module gets in CK_C_INITIALIZE_ARGS.
 *
 * Runs in signet-worker.  The mutexes are recursive: OpenSC 0.23 takes one
 * twice when a card is swapped, and hangs for ever with its own.
 */
#ifndef SIGNET_PKCS11_MUTEX_H
#define SIGNET_PKCS11_MUTEX_H

#include <p11-kit/pkcs11.h>

/* Put the four callbacks (PKCS#11 2.40 section 3.7) into *args. */
void p11_mutex_callbacks(CK_C_INITIALIZE_ARGS *args);

#endif
