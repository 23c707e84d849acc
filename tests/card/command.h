/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: the commands of the PIV application, as piv.c dispatches them.
 *
 * Each gets a whole command (chains put together), fills reply and returns
 * SW_OK, or another status word, with which nothing of reply goes out.
 */
#ifndef CARD_COMMAND_H
#define CARD_COMMAND_H

#include "tests/card/piv.h"

typedef uint16_t command_fn(struct piv *p, const struct apdu *a,
			    struct buf *reply);

/* General: piv.c */
command_fn command_select, command_get_data, command_put_data;

/* PIN and PUK: reference.c */
command_fn command_verify, command_change, command_reset_counter;

/* Keys: authenticate.c */
command_fn command_authenticate, command_generate;

/* What ykcs11 and yubico-piv-tool ask for: yubikey.c */
command_fn command_version, command_serial, command_metadata,
	command_set_management, command_set_retries, command_import;

#endif
