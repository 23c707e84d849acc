/* SPDX-License-Identifier: Apache-2.0 */
/*
 * card: see card.h.
 */
#include "tests/card/card.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "tests/card/link.h"
#include "tests/card/profile.h"
#include "tests/card/sw.h"

/* T=1, eight historical bytes "SIGNETPV", check byte (ISO 7816-3 section 8). */
static const uint8_t atr[] = { 0x3b, 0x88, 0x01, 'S', 'I', 'G', 'N',
			       'E',  'T',  'P',	 'V', 0x8d };

struct slice card_atr(void)
{
	return slice_of(atr, sizeof(atr));
}

static void chip_off(struct card *c)
{
	if (c->chip != NULL)
		c->chip->off(c->chip->self);
	else
		piv_reset(card_piv(c));
}

static int add_to_deck(struct card *c, const char *profile, struct error *e)
{
	struct card_known *k = &c->deck[c->known];
	int status;

	if (c->known == CARD_DECK || strlen(profile) >= CARD_PATH_MAX)
		return error_set(e, ERR_TOO_LARGE, "%s", profile);
	k->piv = malloc(sizeof(*k->piv));
	if (k->piv == NULL)
		return error_set(e, ERR_NO_MEMORY, "%s", profile);
	piv_init(k->piv);
	status = profile_load(profile, k->piv, e);
	if (status != 0) {
		piv_fini(k->piv);
		free(k->piv);
		return status;
	}
	snprintf(k->profile, sizeof(k->profile), "%s", profile);
	c->current = c->known++;
	return 0;
}

/* The card of that profile comes on top; its counters are as they were. */
static int take(struct card *c, const char *profile, struct error *e)
{
	for (size_t i = 0; i < c->known; i++) {
		if (strcmp(c->deck[i].profile, profile) != 0)
			continue;
		c->current = i;
		return 0;
	}
	return add_to_deck(c, profile, e);
}

void card_init_chip(struct card *c, const struct card_chip *chip)
{
	*c = (struct card){ .chip = chip };
	c->faults.status_ins = -1;
	buf_init(&c->answer, APDU_MAX);
}

int card_init(struct card *c, const char *profile, bool present,
	      struct error *e)
{
	card_init_chip(c, NULL);
	c->present = present;
	return take(c, profile, e);
}

void card_fini(struct card *c)
{
	for (size_t i = 0; i < c->known; i++) {
		piv_fini(c->deck[i].piv);
		free(c->deck[i].piv);
	}
	buf_fini(&c->answer);
}

struct piv *card_piv(struct card *c)
{
	return c->deck[c->current].piv;
}

void card_insert(struct card *c)
{
	if (c->present)
		return;
	c->present = true;
	c->link->ops->presence(c->link, true);
}

static void take_out(struct card *c)
{
	card_power_off(c);
	c->present = false;
	if (c->waiting) {
		c->waiting = false;
		c->link->ops->answer(c->link, slice_of(NULL, 0));
	}
}

void card_remove(struct card *c)
{
	if (!c->present)
		return;
	take_out(c);
	c->link->ops->presence(c->link, false);
}

bool card_unplug(struct card *c)
{
	if (c->link->ops->unplug == NULL)
		return false;
	/* Before the answer: who gets none asks whether there is a reader. */
	c->link->ops->unplug(c->link);
	take_out(c);
	return true;
}

int card_swap(struct card *c, const char *profile, struct error *e)
{
	size_t before = c->current;
	int status = take(c, profile, e);
	size_t after = c->current;

	if (status != 0)
		return status;
	c->current = before;
	card_remove(c);
	c->current = after;
	card_insert(c);
	return 0;
}

struct slice card_power_on(struct card *c)
{
	if (!c->present)
		return slice_of(NULL, 0);
	c->powered = true;
	if (c->chip != NULL)
		return c->chip->on(c->chip->self);
	piv_reset(card_piv(c));
	return card_atr();
}

void card_power_off(struct card *c)
{
	chip_off(c);
	c->powered = false;
}

static void send_answer(struct card *c)
{
	c->waiting = false;
	c->link->ops->answer(c->link, buf_slice(&c->answer));
}

void card_unmute(struct card *c)
{
	c->faults.mute = false;
	card_tick(c);
}

/* The last part of a command that uses a private key. */
static bool is_sign(struct slice raw)
{
	return raw.len >= 4 && (raw.ptr[0] & APDU_CLA_CHAIN) == 0 &&
	       raw.ptr[1] == PIV_AUTHENTICATE &&
	       raw.ptr[3] != PIV_KEY_MANAGEMENT;
}

static bool pulled(struct card *c, struct slice raw)
{
	bool (*signs)(struct slice) = c->chip != NULL ? c->chip->is_sign :
							is_sign;

	if (c->faults.pull_on_sign == 0 || !signs(raw))
		return false;
	return --c->faults.pull_on_sign == 0;
}

static void compute_answer(struct card *c, struct slice raw)
{
	struct card_faults *f = &c->faults;
	int ins = raw.len >= 2 ? raw.ptr[1] : -1;

	buf_reset(&c->answer);
	if (f->status_word != 0 &&
	    (f->status_ins < 0 || f->status_ins == ins)) {
		buf_put_u16(&c->answer, f->status_word);
		f->status_word = 0;
		return;
	}
	if (c->chip != NULL)
		c->chip->transmit(c->chip->self, raw, &c->answer);
	else
		piv_transmit(card_piv(c), raw, &c->answer);
}

void card_transmit(struct card *c, struct slice raw)
{
	if (!c->present || !c->powered || c->waiting) {
		c->link->ops->answer(c->link, slice_of(NULL, 0));
		return;
	}
	if (raw.len >= 2)
		c->apdus[raw.ptr[1]]++;
	c->waiting = true;
	if (pulled(c, raw)) {
		card_remove(c);
		return;
	}
	compute_answer(c, raw);
	c->due = clock_mono_ns() + c->faults.slow_ms * CLOCK_NS_PER_MS;
	card_tick(c);
}

int card_timeout(const struct card *c)
{
	int64_t left;

	if (!c->waiting || c->faults.mute)
		return -1;
	left = c->due - clock_mono_ns();
	if (left <= 0)
		return 0;
	return (int)((left + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS);
}

void card_tick(struct card *c)
{
	if (card_timeout(c) == 0)
		send_answer(c);
}
