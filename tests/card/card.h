/* SPDX-License-Identifier: Apache-2.0 */
/*
 * card: the piece of plastic: in or out of its reader, with power or without,
 * quick, slow or mute, and what goes wrong with it on command.
 *
 * Answers are given through the link, at once or when card_due() comes.
 */
#ifndef CARD_CARD_H
#define CARD_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "tests/card/piv.h"

struct error;
struct link;

/* Cards that a reader has seen; one that is put in again is the same card. */
#define CARD_DECK 8u
#define CARD_PATH_MAX 256u

struct card_known {
	char profile[CARD_PATH_MAX];
	struct piv *piv;
};

struct card_faults {
	int64_t slow_ms;	/* an APDU takes that long */
	bool mute;		/* nothing is answered */
	unsigned pull_on_sign;	/* out in the middle of the nth; 0: never */
	uint16_t status_word;	/* the next answer; 0: none */
	int status_ins;		/* only to this instruction; -1: to any */
};

/* What is on a card of somebody else's making, in the place of the PIV card. */
struct card_chip {
	/* Power on or reset; the ATR, valid until the next call. */
	struct slice (*on)(void *self);
	void (*off)(void *self);
	/* Appends the answer; nothing: the card does not work any more. */
	void (*transmit)(void *self, struct slice raw, struct buf *answer);
	/* The last part of a command that uses a private key. */
	bool (*is_sign)(struct slice raw);
	void *self;
};

struct card {
	struct link *link; /* borrowed */
	const struct card_chip *chip; /* borrowed; NULL: the deck's PIV card */
	struct card_known deck[CARD_DECK];
	size_t known;
	size_t current; /* of the deck */
	bool present, powered;

	struct card_faults faults;
	unsigned long apdus[256]; /* by instruction */

	bool waiting; /* an answer is owed */
	struct buf answer;
	int64_t due; /* ns of clock_mono_ns(), when it is to go out */
};

/* With a first card from its profile.  present: it is in the reader. */
int card_init(struct card *c, const char *profile, bool present,
	      struct error *e) MUST_CHECK;
/* With a chip instead, not in the reader; it is out of every deck. */
void card_init_chip(struct card *c, const struct card_chip *chip);
void card_fini(struct card *c);

/* The card that is in, or was last.  Not of a chip. */
struct piv *card_piv(struct card *c);

void card_insert(struct card *c);
/* Out: power is lost, and who waits for an answer hears that it has gone. */
void card_remove(struct card *c);
/* The same with the reader, which card_insert() brings back. */
bool card_unplug(struct card *c) MUST_CHECK;
/* Another card (profile folder) takes the place, and is in. */
int card_swap(struct card *c, const char *profile, struct error *e) MUST_CHECK;
/* It answers again, what is owed at once. */
void card_unmute(struct card *c);

/* Power on or reset.  The ATR; empty when there is no card. */
struct slice card_power_on(struct card *c);
void card_power_off(struct card *c);
struct slice card_atr(void);

/* One command; the answer goes to the link, now or later or never. */
void card_transmit(struct card *c, struct slice raw);

/* Milliseconds until card_tick() has something to do; -1: nothing. */
int card_timeout(const struct card *c);
/* Send what is due. */
void card_tick(struct card *c);

#endif
