/* SPDX-License-Identifier: Apache-2.0 */
/*
 * card-apdu: any program's way to a card, past all modules: sends commands as
 * they are and prints what comes back.
 *
 * With --for MS it sends them again and again, until the last is answered with
 * 9000 (status 0) or the time is over (status 1).  Whoever has the card to
 * himself makes it wait, and not for long: libpcsclite asks ten times a second
 * whether the card is free, this program every 100 us.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hex.h"

#define COMMAND_MAX 261u
#define ANSWER_MAX 258u
#define IMPATIENT_NS 100000
#define PROTOCOLS (SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)

static const char usage[] = "usage: card-apdu [--for MS] READER HEX...\n";

struct card {
	SCARDCONTEXT context;
	SCARDHANDLE handle;
	DWORD protocol;
	const char *reader;
};

/* In place of libc's, for libpcsclite. */
int nanosleep(const struct timespec *t, struct timespec *left)
{
	const struct timespec pause = { .tv_nsec = IMPATIENT_NS };

	(void)t;
	(void)left;
	return clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

static int fail(const char *what, LONG status)
{
	fprintf(stderr, "card-apdu: %s: %s\n", what,
		pcsc_stringify_error(status));
	return EXIT_FAILURE;
}

static LONG transmit(struct card *c, struct slice command, uint8_t *answer,
		     DWORD *len)
{
	const SCARD_IO_REQUEST *pci = c->protocol == SCARD_PROTOCOL_T0 ?
		SCARD_PCI_T0 : SCARD_PCI_T1;

	*len = ANSWER_MAX;
	return SCardTransmit(c->handle, pci, command.ptr, (DWORD)command.len,
			     NULL, answer, len);
}

/* pcscd says the second where it happens between two looks of its own. */
static bool was_reset(LONG status)
{
	return status == SCARD_W_RESET_CARD || status == SCARD_E_PROTO_MISMATCH;
}

/* Prints the answer; *good: it ends in 9000. */
static LONG send_one(struct card *c, const char *hex, bool *good)
{
	uint8_t answer[ANSWER_MAX];
	char text[2 * ANSWER_MAX + 1];
	AUTO(buf_fini) struct buf command;
	DWORD len;
	LONG status;

	buf_init(&command, COMMAND_MAX);
	if (!hex_decode(hex, &command))
		return SCARD_E_INVALID_PARAMETER;
	status = transmit(c, buf_slice(&command), answer, &len);
	/* Somebody reset it: nothing of the card before counts. */
	if (was_reset(status)) {
		status = SCardReconnect(c->handle, SCARD_SHARE_SHARED,
					PROTOCOLS, SCARD_LEAVE_CARD,
					&c->protocol);
		*good = false;
		return was_reset(status) ? SCARD_S_SUCCESS : status;
	}
	if (status != SCARD_S_SUCCESS)
		return status;
	*good = len >= 2 && answer[len - 2] == 0x90 && answer[len - 1] == 0;
	hex_encode(slice_of(answer, len), text);
	puts(text);
	return status;
}

static LONG send_all(struct card *c, char **commands, bool *good)
{
	LONG status = SCARD_S_SUCCESS;

	*good = true;
	for (; *commands != NULL && status == SCARD_S_SUCCESS; commands++)
		status = send_one(c, *commands, good);
	return status;
}

static int run(struct card *c, char **commands, int64_t ms)
{
	int64_t until = clock_mono_ns() + ms * CLOCK_NS_PER_MS;
	bool good = false;
	LONG status = SCardConnect(c->context, c->reader, SCARD_SHARE_SHARED,
				   PROTOCOLS, &c->handle, &c->protocol);

	if (status != SCARD_S_SUCCESS)
		return fail(c->reader, status);
	do
		status = send_all(c, commands, &good);
	while (status == SCARD_S_SUCCESS && !good && clock_mono_ns() < until);
	SCardDisconnect(c->handle, SCARD_LEAVE_CARD);
	if (status != SCARD_S_SUCCESS)
		return fail("SCardTransmit", status);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct card c = { .protocol = SCARD_PROTOCOL_T1 };
	int64_t ms = 0;
	LONG status;
	int result;

	if (argc > 3 && strcmp(argv[1], "--for") == 0) {
		ms = strtol(argv[2], NULL, 10);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3) {
		fputs(usage, stderr);
		return 2;
	}
	c.reader = argv[1];
	setlinebuf(stdout);
	status = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
				       &c.context);
	if (status != SCARD_S_SUCCESS)
		return fail("SCardEstablishContext", status);
	result = run(&c, argv + 2, ms);
	SCardReleaseContext(c.context);
	return result;
}
