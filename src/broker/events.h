/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: what happens in signetd, for whoever listens (GET /v1/events).
 *
 * The last events are kept, in two rings: those of everybody, and those of one
 * user's requests and dialogs, which come a thousand a second when programs
 * sign and must not push the others out.  A subscriber has a place in them and
 * no queue of its own: it reads when it can, and is told that it was overrun
 * when an event it had not read is dropped.
 */
#ifndef SIGNET_BROKER_EVENTS_H
#define SIGNET_BROKER_EVENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/writer.h"

struct error;
struct events;

enum events_type {
	EVENTS_READER_ADDED,
	EVENTS_READER_REMOVED,
	EVENTS_CARD_INSERTED,
	EVENTS_CARD_REMOVED,
	EVENTS_TOKEN_INSERTED,
	EVENTS_TOKEN_REMOVED,
	EVENTS_KEYS_CHANGED,
	EVENTS_MODULE_FAILED,
	EVENTS_MODULE_RECOVERED,
	EVENTS_CERTIFICATE_EXPIRING,
	EVENTS_REQUEST_STATE, /* from here on of one user */
	EVENTS_DIALOG_OPENED,
	EVENTS_DIALOG_CLOSED,
	EVENTS_TYPES
};

#define EVENTS_ALL_TYPES ((UINT32_C(1) << EVENTS_TYPES) - 1)
/* uid of an event that is for all. */
#define EVENTS_EVERYONE ((uid_t)-1)

/* "token-inserted": as it stands in the API. */
const char *events_type_name(enum events_type type);

/*
 * "token-inserted,token-removed" as a set: bit 1 << type for each.
 * ERR_MALFORMED names the word that is none.
 */
int events_types_parse(const char *text, uint32_t *out, struct error *e)
	MUST_CHECK;

struct events_subscriber {
	TAILQ_ENTRY(events_subscriber) entry;
	uid_t uid;	/* sees its own and everybody's; 0 sees all */
	const char *origin; /* of a page; "" or NULL for a program */
	uint32_t types; /* set of those it wants */
	uint64_t next;	/* the first id that it has not read */
	enum events_type read; /* type of the one it read last */
	bool overrun;	/* it was too slow: an event is missing */
	/*
	 * There is something to read, or it was overrun, or events_closed().
	 * Must not unsubscribe.
	 */
	void (*wake)(struct events_subscriber *s);
};

/* ERR_NO_MEMORY. */
int events_new(struct events **out, struct error *e) MUST_CHECK;
/* All have unsubscribed.  NULL is allowed. */
void events_free(struct events *ev);

/*
 * An event: begin, write its members, publish.  Its id, type and time are
 * members already.  One that finds no memory, or is longer than LIMIT_EVENT,
 * overruns those who wanted it.
 */
struct writer events_begin(struct events *ev, enum events_type type);
/* uid: whose it is, or EVENTS_EVERYONE. */
void events_publish(struct events *ev, struct writer *j, uid_t uid);

/*
 * Listen from now on.  s has uid, types and wake; it stays the caller's.
 * ERR_QUOTA: too many listen; ERR_SHUTTING_DOWN.
 */
int events_subscribe(struct events *ev, struct events_subscriber *s,
		     struct error *e) MUST_CHECK;
void events_unsubscribe(struct events *ev, struct events_subscriber *s);

/* That page listens no longer: as if it had been overrun. */
void events_cut(struct events *ev, uid_t uid, const char *origin);

/*
 * Go back to behind the event of that id (Last-Event-ID).  False, and nothing
 * happens: it is none of this signetd's, or events behind it that s wanted are
 * dropped already.
 */
bool events_rewind(struct events *ev, struct events_subscriber *s,
		   const char *id) MUST_CHECK;

/*
 * The next one that s may see and wants, as the text of its event-stream
 * message; good until the next event is published.  Length 0: no more now.
 */
struct slice events_next(struct events *ev, struct events_subscriber *s);

/* signetd ends: nobody is to wait any longer. */
void events_close(struct events *ev);
bool events_closed(const struct events *ev);

/*
 * Append one message that is not in the ring: an event of a snapshot, or about
 * the stream itself.  id may be NULL.
 */
struct writer events_message(struct buf *out, const char *name,
			     const uint64_t *id);
void events_message_end(struct writer *j);

#endif
