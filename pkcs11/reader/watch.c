/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the loop of signet-reader on pcscd.
 *
 * Every turn asks for the names and then waits for a change.  A reader that
 * comes between these two calls does not end the wait (pcsc-lite counts
 * readers when the wait begins), and such moments are when other readers come
 * and go: so the waits after a change are short, and grow.
 *
 * pcsc-lite sleeps 0.4 s in SCardGetStatusChange for each reader whose card has
 * no ATR, before it looks at the next one (winscard_clnt.c of 1.9.9).  So a
 * card that does not answer is looked at now and then only, and the other
 * readers are not late for it but in these moments.
 */
#include "pkcs11/reader/watch.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "pkcs11/reader/service.h"
#include "pkcs11/reader/table.h"

/* Between two tries to reach pcscd; trying is a stat(2) and a connect(2). */
#define WATCH_RETRY_FIRST_MS 20
#define WATCH_RETRY_LAST_MS 1000

/* Waits after a change: doubled from the first to the last. */
#define WATCH_WAIT_FIRST_MS 100u
#define WATCH_WAIT_LAST_MS 51200u
/* ... and the last, while reader_table_uncounted(). */
#define WATCH_WAIT_UNCOUNTED_MS 1000u

/* From one look at cards that do not answer to the next. */
#define WATCH_MUTE_NS (2 * CLOCK_NS_PER_S)

/* Names of all readers, a NUL after each, and one more. */
#define WATCH_NAMES_MAX (READER_TABLE_MAX * MAX_READERNAME + 1)

static char watch_pnp[] = "\\\\?PnP?\\Notification";

struct watch {
	struct reader_report *report;
	struct reader_table table;
	SCARDCONTEXT context;
	bool complete; /* the first look was told to be */
	unsigned wait_ms;
	int64_t mute_ns; /* the last look at cards that do not answer */
};

static void watch_tell(void *arg, const struct wire_reader *reader)
{
	reader_report_reader(arg, reader);
}

static LONG watch_names(struct watch *w, bool *changed)
{
	char names[WATCH_NAMES_MAX];
	DWORD len = sizeof(names);
	LONG rv = SCardListReaders(w->context, NULL, names, &len);

	if (rv == SCARD_E_NO_READERS_AVAILABLE) {
		len = 0;
		rv = SCARD_S_SUCCESS;
	}
	if (rv == SCARD_S_SUCCESS)
		*changed = reader_table_names(&w->table, names, len);
	return rv;
}

/* Is it time to ask for all?  Else *ms is no longer than until it is. */
static bool watch_all(struct watch *w, DWORD *ms)
{
	unsigned mute = reader_table_mute(&w->table);
	int64_t now = clock_mono_ns(), left = w->mute_ns + WATCH_MUTE_NS - now;

	/* Only mute ones and no room for more: there is no other question. */
	if (mute == 0 || mute == READER_TABLE_MAX)
		return true;
	if (left <= 0) {
		w->mute_ns = now;
		*ms = 0;
		return true;
	}
	if (*ms > (DWORD)(left / CLOCK_NS_PER_MS) + 1)
		*ms = (DWORD)(left / CLOCK_NS_PER_MS) + 1;
	return false;
}

/*
 * Wait for a change.  With all places taken no reader can come, and there is
 * no room to ask for one either.
 */
static LONG watch_states(struct watch *w, DWORD ms, bool *changed)
{
	SCARD_READERSTATE states[READER_TABLE_MAX];
	bool mute = watch_all(w, &ms);
	unsigned n = reader_table_ask(&w->table, mute, states), all = n;
	LONG rv;

	if (all < READER_TABLE_MAX) {
		memset(&states[all], 0, sizeof(states[all]));
		states[all++].szReader = watch_pnp;
	}
	rv = SCardGetStatusChange(w->context, ms, states, all);
	if (rv == SCARD_E_UNKNOWN_READER) {
		/* It went since it was named. */
		*changed = true;
		return SCARD_S_SUCCESS;
	}
	if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT)
		return rv;
	*changed = reader_table_take(&w->table, states) ||
		   (all > n && (states[n].dwEventState &
				SCARD_STATE_CHANGED) != 0);
	return SCARD_S_SUCCESS;
}

static void watch_pace(struct watch *w, bool changed)
{
	unsigned last = reader_table_uncounted(&w->table) ?
			WATCH_WAIT_UNCOUNTED_MS : WATCH_WAIT_LAST_MS;

	w->wait_ms = changed ? WATCH_WAIT_FIRST_MS : w->wait_ms * 2;
	if (w->wait_ms > last)
		w->wait_ms = last;
}

/* One look, and its report; the first does not wait. */
static LONG watch_turn(struct watch *w)
{
	bool named = false, changed = false;
	LONG rv = watch_names(w, &named);

	if (rv == SCARD_S_SUCCESS)
		rv = watch_states(w, w->complete && !named ? w->wait_ms : 0,
				  &changed);
	if (rv != SCARD_S_SUCCESS)
		return rv;
	if (!w->complete && !changed)
		reader_report_complete(w->report);
	w->complete |= !changed;
	watch_pace(w, named || changed);
	reader_report_flush(w->report);
	return rv;
}

/* From the moment pcscd is there until it is no more. */
static LONG watch_service(struct watch *w)
{
	LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
					&w->context);

	if (rv != SCARD_S_SUCCESS)
		return rv;
	reader_report_service(w->report, WIRE_SERVICE_RUNNING, "");
	do
		rv = watch_turn(w);
	while (rv == SCARD_S_SUCCESS);
	SCardReleaseContext(w->context);
	reader_table_clear(&w->table);
	return rv;
}

static void watch_pause(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * CLOCK_NS_PER_MS };

	nanosleep(&t, NULL);
}

_Noreturn void reader_watch(struct reader_report *report)
{
	struct watch w = { .report = report,
			   .table = { .tell = watch_tell, .arg = report } };
	unsigned pause = WATCH_RETRY_FIRST_MS;
	struct wire_service service;

	for (;;) {
		LONG rv = watch_service(&w);

		reader_service_explain(rv, &service);
		if (w.complete)
			pause = WATCH_RETRY_FIRST_MS;
		w.complete = false;
		reader_report_service(report, service.state, service.text);
		reader_report_flush(report);
		watch_pause(pause);
		pause = pause * 2 < WATCH_RETRY_LAST_MS ? pause * 2 :
			WATCH_RETRY_LAST_MS;
	}
}
