/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: see pin.h.
 */
#include "tests/card/pin.h"

#include "tests/card/sw.h"

#define PIN_MIN 6u
#define FILL 0xffu

bool pin_set_text(struct pin *p, struct slice text)
{
	if (text.len < PIN_MIN || text.len > PIN_SIZE)
		return false;
	memset(p->value, FILL, PIN_SIZE);
	memcpy(p->value, text.ptr, text.len);
	return true;
}

/* Six to eight bytes that are no filling, then filling to the end. */
static bool is_pin(struct slice s)
{
	size_t len = 0;

	if (s.len != PIN_SIZE)
		return false;
	while (len < PIN_SIZE && s.ptr[len] != FILL)
		len++;
	for (size_t i = len; i < PIN_SIZE; i++)
		if (s.ptr[i] != FILL)
			return false;
	return len >= PIN_MIN;
}

uint16_t pin_status(const struct pin *p)
{
	if (p->tries == 0)
		return SW_BLOCKED;
	return (uint16_t)(SW_TRIES | (p->tries & 0xf));
}

uint16_t pin_check(struct pin *p, struct slice padded)
{
	if (p->tries == 0)
		return SW_BLOCKED;
	if (!is_pin(padded))
		return SW_DATA;
	if (memcmp(p->value, padded.ptr, PIN_SIZE) != 0) {
		p->tries--;
		return pin_status(p);
	}
	p->tries = p->tries_max;
	return 0;
}

uint16_t pin_change(struct pin *p, struct slice padded)
{
	if (!is_pin(padded))
		return SW_DATA;
	memcpy(p->value, padded.ptr, PIN_SIZE);
	return 0;
}
