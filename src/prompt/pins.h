/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: the PINs of one approval, from the dialog to the worker's socket.
 */
#ifndef SIGNET_PROMPT_PINS_H
#define SIGNET_PROMPT_PINS_H

#include "base/limits.h"
#include "base/secret.h"
#include "prompt/request.h"

struct prompt_pins {
	struct secret typed[LIMIT_PINS];
	size_t count;
};

/* Another PIN to be typed; NULL with e filled when there is no memory. */
struct secret *prompt_pins_new(struct prompt_pins *p, struct error *e);
/* Wipe all of them. */
void prompt_pins_fini(struct prompt_pins *p);

/* Why a PIN cannot be the one asked for, for SETERROR; NULL when it can. */
const char *prompt_pins_wrong(const struct secret *s,
			      const struct prompt_pin *asked);
bool prompt_pins_same(const struct secret *a, const struct secret *b);

/*
 * All of them, a packet each, in order.  ERR_WORKER_LOST when nobody takes
 * them.  Does not block.
 */
int prompt_pins_send(const struct prompt_pins *p, int fd,
		     struct error *e) MUST_CHECK;

#endif
