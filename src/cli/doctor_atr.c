/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_atr: what card an ATR is of.
 *
 * By the bytes that a maker chose to put into it, wherever they are: interface
 * bytes and check byte differ with the reader and the speed.
 */
#include "cli/doctor_atr.h"

#include <string.h>

#include "base/attr.h"

/* Seen in ATRs of smartcard_list.txt (pcsc-tools); the first one counts. */
static const struct {
	const char *bytes;
	size_t len;
	const char *name;
} known[] = {
#define BYTES(text) text, sizeof(text) - 1
	{ BYTES("YubiKey"), "YubiKey 5" },
	{ BYTES("Yubikey4"), "YubiKey 4" },
	{ BYTES("YubikeyNEO"), "YubiKey NEO" },
	{ BYTES("Nitrokey 3"), "Nitrokey 3" },
	{ BYTES("Solo 2"), "Solo 2" },
	/* the AID's end of SmartCard-HSM, "THSM1" */
	{ BYTES("\x81\x54HSM1"), "SmartCard-HSM (Nitrokey HSM)" },
	/* PIV: AID in the historical bytes, SP 800-73-4 part 1, 2.2 */
	{ BYTES("\xa0\x00\x00\x03\x08\x00\x00\x10\x00"), "PIV card" },
	{ BYTES("PIVKEY"), "PIVKey" },
	/* OpenPGP card 3.4, 6: historical bytes of version 2, of 3 */
	{ BYTES("\x00\x31\xc5\x73\xc0\x01"), "OpenPGP card (Nitrokey Pro)" },
	{ BYTES("\x00\x31\xf5\x73\xc0\x01"), "OpenPGP card (Nitrokey Pro)" },
	{ BYTES("\x00\x31\x84\x73\x80\x01"), "Gnuk (Nitrokey Start)" },
	{ BYTES("JCOP"), "JavaCard (JCOP)" },
#undef BYTES
};

const char *doctor_atr_name(const unsigned char *atr, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (len >= known[i].len &&
		    memmem(atr, len, known[i].bytes, known[i].len) != NULL)
			return known[i].name;
	return NULL;
}
