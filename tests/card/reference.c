/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference: VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER
 * (SP 800-73-4 part 2 sections 3.2.1 to 3.2.3).
 */
#include "tests/card/command.h"
#include "tests/card/sw.h"

#define REFERENCE_PIN 0x80u
#define REFERENCE_PUK 0x81u

static void forget_login(struct piv *p)
{
	p->verified = p->fresh = false;
}

uint16_t command_verify(struct piv *p, const struct apdu *a,
			struct buf *reply)
{
	uint16_t sw;

	if (a->p2 != REFERENCE_PIN)
		return SW_REFERENCE;
	if (a->p1 == 0xff && a->data.len == 0) {
		forget_login(p);
		return SW_OK;
	}
	if (a->p1 != 0)
		return SW_P1P2;
	if (a->data.len == 0)
		return p->verified ? SW_OK : pin_status(&p->pin);
	forget_login(p);
	sw = pin_check(&p->pin, a->data);
	if (sw != 0)
		return sw;
	p->verified = p->fresh = true;
	return SW_OK;
}

/* The data of both commands: an old secret and a new PIN, both filled up. */
static uint16_t replace(struct pin *old, struct pin *target,
			struct slice data)
{
	uint16_t sw;

	if (data.len != 2 * PIN_SIZE)
		return SW_DATA;
	sw = pin_check(old, slice_of(data.ptr, PIN_SIZE));
	if (sw != 0)
		return sw;
	sw = pin_change(target, slice_of(data.ptr + PIN_SIZE, PIN_SIZE));
	return sw != 0 ? sw : SW_OK;
}

uint16_t command_change(struct piv *p, const struct apdu *a,
			struct buf *reply)
{
	uint16_t sw;

	if (a->p1 != 0)
		return SW_P1P2;
	if (a->p2 == REFERENCE_PUK)
		return replace(&p->puk, &p->puk, a->data);
	if (a->p2 != REFERENCE_PIN)
		return SW_REFERENCE;
	forget_login(p);
	sw = replace(&p->pin, &p->pin, a->data);
	p->verified = sw == SW_OK;
	return sw;
}

uint16_t command_reset_counter(struct piv *p, const struct apdu *a,
			       struct buf *reply)
{
	uint16_t sw;

	if (a->p1 != 0)
		return SW_P1P2;
	if (a->p2 != REFERENCE_PIN)
		return SW_REFERENCE;
	sw = replace(&p->puk, &p->pin, a->data);
	if (sw == SW_OK)
		p->pin.tries = p->pin.tries_max;
	return sw;
}
