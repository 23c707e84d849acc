/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quirk: known defects of modules that make this worker behave otherwise.
 *
 * Runs in signet-worker.  Data: one table, in quirk.c.
 */
#ifndef SIGNET_PKCS11_QUIRK_H
#define SIGNET_PKCS11_QUIRK_H

/* Initialise with CKF_OS_LOCKING_OK alone, without mutex callbacks. */
#define P11_QUIRK_OS_LOCKING 1u
/* C_OpenSession answers CKR_ARGUMENTS_BAD when no session is free. */
#define P11_QUIRK_FULL_IS_BAD_ARGUMENTS 2u

/*
 * What is known of a module, by the file name of its path (any directory):
 * C_GetInfo must not be called before C_Initialize, and the first quirks are
 * needed there.  P11_QUIRK_... of all entries that match, or 0.
 */
unsigned p11_quirk_find(const char *path);

#endif
