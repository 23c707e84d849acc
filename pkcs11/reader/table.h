/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: the readers pcscd has, and what was told of each.
 *
 * Runs in signet-reader.  Calls nothing of PC/SC: it makes the question for
 * SCardGetStatusChange, and changes out of the answer.  pcscd counts insertions
 * and removals (the upper half of dwEventState), so what happened between two
 * looks is not lost.
 */
#ifndef SIGNET_PKCS11_READER_TABLE_H
#define SIGNET_PKCS11_READER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <winscard.h>

#include "wire/readers.h"

#define READER_TABLE_MAX PCSCLITE_MAX_READERS_CONTEXTS

struct reader_entry {
	char name[MAX_READERNAME];
	DWORD seen;	     /* dwEventState, to be asked with */
	bool told;	     /* the rest was */
	enum wire_reader_state state;
	uint32_t events;
	uint8_t atr[MAX_ATR_SIZE];
	size_t atr_len;
};

struct reader_table {
	struct reader_entry entries[READER_TABLE_MAX];
	unsigned count;
	/* For every change; the reader is borrowed for the call. */
	void (*tell)(void *arg, const struct wire_reader *reader);
	void *arg;
};

/*
 * The names of SCardListReaders: NUL after each and one more at the end, in
 * len bytes.  Readers that are not among them are told as gone.  True when
 * there is a new one, or one has gone.
 */
bool reader_table_names(struct reader_table *t, const char *names, size_t len);

/*
 * The question: as many states as entries, whose names they borrow.  states has
 * room for READER_TABLE_MAX.  Without mute, those with a card that does not
 * answer are left out (SCARD_STATE_IGNORE).
 */
unsigned reader_table_ask(const struct reader_table *t, bool mute,
			  SCARD_READERSTATE *states);

/* Readers with a card that does not answer. */
unsigned reader_table_mute(const struct reader_table *t);

/*
 * The answer to that question.  True when something was told, or the names
 * have to be asked for again.
 */
bool reader_table_take(struct reader_table *t,
		       const SCARD_READERSTATE *states);

/*
 * A card is in whose count stands at 0: pcsc-lite does not compare such a
 * count, so that its wait may miss a swap (winscard_clnt.c of 1.9.9).
 */
bool reader_table_uncounted(const struct reader_table *t);

/* pcscd has ended: forget all, tell nothing. */
void reader_table_clear(struct reader_table *t);

#endif
