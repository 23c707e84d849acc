/* SPDX-License-Identifier: Apache-2.0 */
/*
 * card-latency: the time from a command to a card until PC/SC tells of it.
 *
 * Gives the command (insert, remove, swap FOLDER), waits in
 * SCardGetStatusChange until an event of the card is told, and prints the
 * microseconds, and "in" or "out" for what is then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <winscard.h>

#include "base/clock.h"
#include "base/err.h"
#include "tests/card/control.h"
#include "tests/card/tools/ask.h"

#define WAIT_MS 5000

static const char usage[] =
	"usage: card-latency READER SOCKET COMMAND [WORD...]\n";

static int fail(const char *what, LONG status)
{
	fprintf(stderr, "card-latency: %s: %s\n", what,
		status == 0 ? "failed" : pcsc_stringify_error(status));
	return EXIT_FAILURE;
}

/* pcscd counts insertions and removals there. */
static DWORD events(DWORD state)
{
	return state >> 16;
}

/* Blocks until there was one more; two that follow at once may be told once. */
static LONG wait_event(SCARDCONTEXT context, SCARD_READERSTATE *s)
{
	DWORD before = events(s->dwCurrentState);
	LONG status;

	do {
		status = SCardGetStatusChange(context, WAIT_MS, s, 1);
		s->dwCurrentState = s->dwEventState;
	} while (status == SCARD_S_SUCCESS &&
		 events(s->dwEventState) == before);
	return status;
}

static int measure(SCARDCONTEXT context, char **argv)
{
	SCARD_READERSTATE s = { .szReader = argv[1] };
	AUTO(buf_fini) struct buf answer;
	struct error e = { 0 };
	int64_t began;
	LONG status;

	buf_init(&answer, CONTROL_LINE_MAX);
	status = SCardGetStatusChange(context, 0, &s, 1);
	if (status != SCARD_S_SUCCESS)
		return fail(argv[1], status);
	s.dwCurrentState = s.dwEventState;
	began = clock_mono_ns();
	if (ask_card(argv[2], argv + 3, &answer, &e) != 0)
		return fail(e.message, 0);
	status = wait_event(context, &s);
	if (status != SCARD_S_SUCCESS)
		return fail("SCardGetStatusChange", status);
	printf("%" PRId64 " %s\n", (clock_mono_ns() - began) / 1000,
	       (s.dwEventState & SCARD_STATE_PRESENT) != 0 ? "in" : "out");
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	SCARDCONTEXT context;
	LONG status;
	int result;

	if (argc < 4) {
		fputs(usage, stderr);
		return 2;
	}
	status = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
				       &context);
	if (status != SCARD_S_SUCCESS)
		return fail("SCardEstablishContext", status);
	result = measure(context, argv);
	SCardReleaseContext(context);
	return result;
}
