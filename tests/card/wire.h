/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: what piv-card and libifd-signet.so say to each other.
 *
 * The card listens on a SOCK_SEQPACKET socket; a packet is a message: a byte
 * of enum wire, then its bytes.  The reader opens two connections and says
 * first which is which:
 *
 *	WIRE_EVENTS	then only the card speaks: WIRE_IN or WIRE_OUT at once
 *			and at every change; WIRE_UNPLUGGED: there is no reader
 *			any more, until one of these comes
 *	WIRE_COMMANDS	then the reader asks and the card answers each once:
 *			WIRE_ON, WIRE_RESET -> WIRE_ATR
 *			WIRE_OFF -> WIRE_DONE
 *			WIRE_APDU -> WIRE_APDU
 *			WIRE_GONE in the place of any of them: no card is in,
 *			or it was taken out before it answered
 */
#ifndef CARD_WIRE_H
#define CARD_WIRE_H

#include "tests/card/apdu.h"

enum wire {
	WIRE_EVENTS = 'E',
	WIRE_COMMANDS = 'C',
	WIRE_IN = 'I',
	WIRE_OUT = 'O',
	WIRE_UNPLUGGED = 'U',
	WIRE_ON = '1',
	WIRE_OFF = '0',
	WIRE_RESET = 'R',
	WIRE_ATR = 'T',
	WIRE_DONE = 'D',
	WIRE_APDU = 'A',
	WIRE_GONE = 'G',
};

#define WIRE_MAX (1u + APDU_MAX)

#endif
