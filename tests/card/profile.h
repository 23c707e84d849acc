/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what a card has on it when it comes from the factory: a folder.
 *
 *	card		lines "name value": pin, puk, guid, management, serial
 *	9a.key ...	private keys, PEM
 *	9a.crt ...	certificates, PEM
 *
 * Keys and certificates may be missing.  Made by make-cards.
 */
#ifndef CARD_PROFILE_H
#define CARD_PROFILE_H

#include "tests/card/piv.h"

struct error;

/*
 * Fill a card (piv_init) from a folder.  ERR_IO or ERR_MALFORMED, naming the
 * file; the card is then half filled.
 */
int profile_load(const char *folder, struct piv *p, struct error *e)
	MUST_CHECK;

#endif
