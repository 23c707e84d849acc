/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel: the reader's end of one connection of wire.h.
 */
#ifndef CARD_IFD_CHANNEL_H
#define CARD_IFD_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "tests/card/wire.h"

#define CHANNEL_PATH_MAX 108u /* of a unix socket */

/* Connect and say what for (WIRE_EVENTS, WIRE_COMMANDS); -1 when not. */
int channel_open(const char *path, enum wire purpose);
/* *fd becomes -1. */
void channel_close(int *fd);

/*
 * Ask and wait for the answer, as long as it takes.  True when it is of the
 * expected kind and fits into *len bytes; *len is then what it has.  A
 * connection that broke is closed (*fd is -1).
 */
bool channel_ask(int *fd, enum wire what, struct slice bytes,
		 enum wire expected, uint8_t *answer, size_t *len);

#endif
