/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: a PIN or PUK of the card with its retry counter (SP 800-73-4 part 2
 * section 2.4.3).  Pure.
 */
#ifndef CARD_PIN_H
#define CARD_PIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define PIN_SIZE 8u /* with its filling of FF bytes */

struct pin {
	uint8_t value[PIN_SIZE];
	unsigned tries, tries_max;
};

/* Set from text of 6 to 8 characters; false when it has another length. */
bool pin_set_text(struct pin *p, struct slice text);

/*
 * Compare; spends a try, or gives all of them back.  0, SW_TRIES with what is
 * left, SW_BLOCKED, or SW_DATA for what is no PIN (which costs no try).
 */
uint16_t pin_check(struct pin *p, struct slice padded) MUST_CHECK;

/* Change to a padded value.  0, or SW_DATA for what is no PIN. */
uint16_t pin_change(struct pin *p, struct slice padded) MUST_CHECK;

/* What a VERIFY without data is answered: SW_TRIES or SW_BLOCKED. */
uint16_t pin_status(const struct pin *p);

#endif
