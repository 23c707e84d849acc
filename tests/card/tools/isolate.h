/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolate: a private /run/pcscd for the calling process.
 */
#ifndef CARD_ISOLATE_H
#define CARD_ISOLATE_H

#include <stdbool.h>

/*
 * By a mount namespace; where the user is not root inside a user namespace in
 * which they are.  False where the system does not allow it.
 */
bool isolate(void);

#endif
