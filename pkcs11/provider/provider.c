/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider: libpcsclite, but for the end of a lock.
 *
 * Whatever is not here is found in libpcsclite, which this one needs: dlsym()
 * looks there, too.  pcscd resets a card before it takes the lock away from who
 * ends it (SCARD_RESET_CARD), so there is no moment between.
 */
#include "pkcs11/provider/provider.h"

#include <dlfcn.h>
#include <stddef.h>
#include <winscard.h>

#define EXPORT __attribute__((visibility("default")))

typedef LONG begin_fn(SCARDHANDLE card);
typedef LONG end_fn(SCARDHANDLE card, DWORD disposition);

union next {
	void *symbol;
	begin_fn *begin;
	end_fn *end;
};

extern EXPORT atomic_int signet_pcsc_state;
atomic_int signet_pcsc_state;

EXPORT LONG SCardBeginTransaction(SCARDHANDLE card)
{
	const union next next = { dlsym(RTLD_NEXT, "SCardBeginTransaction") };
	LONG rv = next.symbol == NULL ? SCARD_F_INTERNAL_ERROR :
					next.begin(card);

	if (rv == SCARD_S_SUCCESS && signet_pcsc_state == PROVIDER_RESET)
		signet_pcsc_state = PROVIDER_LOGIN;
	return rv;
}

static LONG end(const char *name, SCARDHANDLE card, DWORD disposition)
{
	const union next next = { dlsym(RTLD_NEXT, name) };
	LONG rv;

	if (next.symbol == NULL)
		return SCARD_F_INTERNAL_ERROR;
	if (signet_pcsc_state == PROVIDER_IDLE)
		return next.end(card, disposition);
	rv = next.end(card, SCARD_RESET_CARD);
	if (rv == SCARD_S_SUCCESS)
		signet_pcsc_state = PROVIDER_RESET;
	return rv;
}

EXPORT LONG SCardEndTransaction(SCARDHANDLE card, DWORD disposition)
{
	return end("SCardEndTransaction", card, disposition);
}

EXPORT LONG SCardDisconnect(SCARDHANDLE card, DWORD disposition)
{
	return end("SCardDisconnect", card, disposition);
}
