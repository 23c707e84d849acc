/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider: the module's way to PC/SC, where a login keeps the card.
 */
#include "pkcs11/provider/provider.h"

#include <dlfcn.h>
#include <stddef.h>
#include <winscard.h>

#define EXPORT __attribute__((visibility("default")))

/*
 * Of the worker, whoever asks: the symbol of a program comes before that of a
 * library.  One thread calls the module; there is one card.
 */
struct provider {
	bool hold;
	SCARDHANDLE held; /* its lock should have ended; 0: none */
};

extern EXPORT struct provider signet_pcsc_lock;
struct provider signet_pcsc_lock;

/* SCardBeginTransaction; SCardEndTransaction, SCardDisconnect. */
union next {
	void *symbol;
	LONG (*begin)(SCARDHANDLE card);
	LONG (*end)(SCARDHANDLE card, DWORD disposition);
};

static LONG next_end(const char *name, SCARDHANDLE card, DWORD disposition)
{
	const union next next = { dlsym(RTLD_NEXT, name) };

	return next.symbol == NULL ? SCARD_F_INTERNAL_ERROR :
				     next.end(card, disposition);
}

EXPORT LONG SCardBeginTransaction(SCARDHANDLE card)
{
	const union next next = { dlsym(RTLD_NEXT, "SCardBeginTransaction") };

	if (card == signet_pcsc_lock.held && card != 0)
		return SCARD_S_SUCCESS;
	return next.symbol == NULL ? SCARD_F_INTERNAL_ERROR : next.begin(card);
}

EXPORT LONG SCardEndTransaction(SCARDHANDLE card, DWORD disposition)
{
	if (!signet_pcsc_lock.hold)
		return next_end("SCardEndTransaction", card, disposition);
	signet_pcsc_lock.held = card;
	return SCARD_S_SUCCESS;
}

EXPORT LONG SCardDisconnect(SCARDHANDLE card, DWORD disposition)
{
	if (card == signet_pcsc_lock.held && card != 0) {
		signet_pcsc_lock.held = 0;
		disposition = SCARD_RESET_CARD;
	}
	return next_end("SCardDisconnect", card, disposition);
}

bool provider_hold(void)
{
	bool held = signet_pcsc_lock.hold;

	signet_pcsc_lock.hold = true;
	return !held;
}

bool provider_release(void)
{
	SCARDHANDLE card = signet_pcsc_lock.held;

	signet_pcsc_lock = (struct provider){ .hold = false };
	return card != 0 && next_end("SCardEndTransaction", card,
				     SCARD_RESET_CARD) == SCARD_S_SUCCESS;
}
