/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider: the module's way to PC/SC, where a login keeps the card.
 *
 * A login belongs to the card, not to the program.  While there is one, what a
 * module does to let others at the card (SCardEndTransaction) is held back, and
 * in the end the card is reset before it is anybody else's: for
 * SCARD_RESET_CARD pcscd does so before it gives the lock away.
 *
 * Three functions of libpcsclite, of which each calls the real one.  Part of
 * signet-worker, whose symbols come before those of what a module is linked
 * with (ykcs11), and alone in signet-pcsc.so, for OpenSC, which looks for
 * symbols in a library of its own (provider_library of opensc.conf(5)).
 */
#ifndef SIGNET_PKCS11_PROVIDER_H
#define SIGNET_PKCS11_PROVIDER_H

#include <stdbool.h>

/* From now on locks are held back.  False: they were already. */
bool provider_hold(void);

/*
 * No more: what is held back ends now, with a reset of the card.  False:
 * nothing was, or it could not be.
 */
bool provider_release(void);

#endif
