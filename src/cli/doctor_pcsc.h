/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_pcsc: pcscd, asked at its socket.
 *
 * Not by libpcsclite: its calls wait without bound, and what keeps them waiting
 * is what one wants to know here.  Of the protocol only two questions are used
 * (pcsc-lite, winscard_msg.h: CMD_VERSION, CMD_GET_READERS_STATE); neither
 * touches a card.
 */
#ifndef SIGNET_CLI_DOCTOR_PCSC_H
#define SIGNET_CLI_DOCTOR_PCSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOCTOR_READERS_MAX 16 /* PCSCLITE_MAX_READERS_CONTEXTS */
#define DOCTOR_READER_NAME 128 /* MAX_READERNAME */
#define DOCTOR_ATR_MAX 33 /* ISO/IEC 7816-3 */

struct doctor_reader {
	char name[DOCTOR_READER_NAME + 1];
	bool present; /* a card is in */
	bool mute;    /* ... and does not answer */
	int sharing;  /* programs connected to the card; -1: one, exclusively */
	unsigned char atr[DOCTOR_ATR_MAX];
	size_t atr_len;
};

enum doctor_pcsc_state {
	DOCTOR_PCSC_UNKNOWN, /* not looked at */
	DOCTOR_PCSC_UP,
	DOCTOR_PCSC_ABSENT,   /* no socket, or nobody behind it */
	DOCTOR_PCSC_DENIED,   /* the socket's permissions */
	DOCTOR_PCSC_REFUSED,  /* closed at once: polkit */
	DOCTOR_PCSC_SILENT,   /* no answer in time */
	DOCTOR_PCSC_STRANGE   /* speaks something else */
};

struct doctor_pcsc {
	enum doctor_pcsc_state state;
	const char *socket;
	int errnum; /* of the connection, or 0 */
	int32_t major, minor; /* of its protocol */
	struct doctor_reader readers[DOCTOR_READERS_MAX];
	unsigned int count;
};

/*
 * Ask the pcscd behind socket (borrowed), waiting no longer than ms.  Says
 * nothing and always fills *out.
 */
void doctor_pcsc_ask(const char *socket, int ms, struct doctor_pcsc *out);

/* Where its socket is: $PCSCLITE_CSOCK_NAME, as libpcsclite has it. */
const char *doctor_pcsc_socket(void);

#endif
