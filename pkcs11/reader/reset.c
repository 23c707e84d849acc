/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reset: reset the card of one reader.
 */
#include "pkcs11/reader/reset.h"

#include <stddef.h>
#include <winscard.h>

#include "base/err.h"

static int reset_failed(const char *name, LONG rv, struct error *e)
{
	const char *text = pcsc_stringify_error(rv);
	int code = ERR_IO;

	if (rv == SCARD_E_UNKNOWN_READER || rv == SCARD_E_NO_SMARTCARD ||
	    rv == SCARD_W_REMOVED_CARD || rv == SCARD_E_READER_UNAVAILABLE)
		code = ERR_TOKEN_GONE;
	else if (rv == SCARD_E_SHARING_VIOLATION)
		code = ERR_TOKEN_BUSY;
	return error_set(e, code, "%s: cannot be reset: %s (0x%lx)", name, text,
			 (unsigned long)rv & 0xffffffff);
}

/*
 * A card that does not answer cannot be connected to: its reader can, and takes
 * the power from it.  pcscd gives it back at the next connection.
 */
static LONG reset_mute(SCARDCONTEXT context, const char *name)
{
	SCARDHANDLE card;
	DWORD protocol;
	LONG rv = SCardConnect(context, name, SCARD_SHARE_DIRECT, 0, &card,
			       &protocol);

	if (rv == SCARD_S_SUCCESS)
		rv = SCardDisconnect(card, SCARD_UNPOWER_CARD);
	return rv;
}

static LONG reset_card(SCARDCONTEXT context, const char *name)
{
	SCARDHANDLE card;
	DWORD protocol;
	LONG rv = SCardConnect(context, name, SCARD_SHARE_SHARED,
			       SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
			       &protocol);

	if (rv == SCARD_W_UNRESPONSIVE_CARD || rv == SCARD_W_UNPOWERED_CARD ||
	    rv == SCARD_E_PROTO_MISMATCH)
		return reset_mute(context, name);
	if (rv == SCARD_S_SUCCESS)
		rv = SCardDisconnect(card, SCARD_RESET_CARD);
	return rv;
}

int reader_reset(const char *name, struct error *e)
{
	SCARDCONTEXT context;
	LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
					&context);

	if (rv != SCARD_S_SUCCESS)
		return reset_failed(name, rv, e);
	rv = reset_card(context, name);
	SCardReleaseContext(context);
	return rv == SCARD_S_SUCCESS ? 0 : reset_failed(name, rv, e);
}
