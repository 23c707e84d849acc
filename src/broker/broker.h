/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker: the modules, their tokens and keys, and the requests under way.
 */
#ifndef SIGNET_BROKER_BROKER_H
#define SIGNET_BROKER_BROKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/attr.h"
#include "broker/approval.h"
#include "broker/compute.h"
#include "broker/metrics.h"
#include "broker/module.h"
#include "broker/origins.h"
#include "broker/patience.h"
#include "broker/recording.h"
#include "broker/request.h"
#include "broker/settings.h"

struct event;
struct event_base;
struct events;

/* Someone who waits until it is known what there is, see broker_wait(). */
struct broker_waiter {
	TAILQ_ENTRY(broker_waiter) entry;
	const char *uri; /* borrowed */
	int64_t until_ns;
	void (*ready)(struct broker_waiter *w);
};

/* A URI that was resolved before: cost does not grow with the keys. */
struct broker_found {
	char uri[LIMIT_URI + 1];
	struct key *key; /* counted */
};
#define BROKER_FOUND 64u

/* Requests that ended, and can still be asked for. */
struct broker_finished {
	struct requests requests; /* oldest first */
	unsigned count, items, limit;
};

struct broker {
	struct event_base *base;
	struct settings *settings;
	struct compute *compute;
	struct event *tick;
	struct event *cleanup;
	struct event *asking; /* approvals that may begin now */
	struct event *child;
	TAILQ_HEAD(, module) modules;
	TAILQ_HEAD(, module) retired; /* to be freed at the end of the turn */
	struct requests living;
	struct broker_finished later, answered;
	TAILQ_HEAD(, own_records) own_records; /* the first one is read */
	unsigned own_records_count;
	struct approvals approvals_waiting; /* oldest first */
	struct approvals approvals_open;
	SLIST_HEAD(, authorise_counter) counters; /* of authorise.c */
	unsigned counters_count;
	struct cards *cards; /* NULL: no module has a worker a reader */
	struct recording recording;
	struct origins origins;	  /* pages that users have allowed */
	struct patience patience; /* with those that ask too often */
	struct error loopback; /* why pages are not served there; or code 0 */
	struct metrics metrics;
	struct seen *seen; /* requests of banks; NULL until there is one */
	unsigned living_count;
	TAILQ_HEAD(, broker_waiter) waiters;
	struct events *events;
	int64_t look_at_certificates; /* not before; of announce.c */
	struct broker_found *found;
	int64_t started;	  /* clock_unix() */
	bool draining;
	void (*drained)(void *arg);
	void *drained_arg;
};

/* Starts the modules.  A module that cannot start is no error here. */
int broker_new(struct event_base *base, struct settings *settings,
	       struct broker **out, struct error *e) MUST_CHECK;
void broker_free(struct broker *b);

/*
 * New settings: modules that are the same and well go on; the others are
 * replaced, finishing what they have in hand.
 */
void broker_reload(struct broker *b, struct settings *settings);

/*
 * The key of a URI ("" for the only one that signs); a reference for the
 * caller.  ERR_NO_SUCH_KEY, ERR_TOKEN_GONE (its token is known but not there,
 * or a module is down), ERR_AMBIGUOUS naming up to four, ERR_MALFORMED.
 */
int broker_find_key(struct broker *b, const char *uri, struct key **out,
		    struct error *e) MUST_CHECK;

/*
 * The same for a caller: what a page does not see is not there for it, and
 * nothing is said of what there is.
 */
int broker_find_key_for(struct broker *b, const struct caller *caller,
			const char *uri, struct key **out, struct error *e)
	MUST_CHECK;

/*
 * The token of a URI ("" for the only one there is), for an operation on it;
 * borrowed, see module_hold().  blank: also those that are not initialised.
 * ERR_NO_SUCH_TOKEN, ERR_AMBIGUOUS naming up to four, ERR_MALFORMED.
 */
int broker_find_token(struct broker *b, const char *uri, bool blank,
		      struct token **out, struct error *e) MUST_CHECK;

/* All modules have come up, or failed to, once. */
bool broker_settled(const struct broker *b);

/*
 * Settled, and no worker is to come that had a token of this URI; with NULL,
 * only those count whose token we have changed ourselves.
 */
bool broker_knows(struct broker *b, const char *uri);

/*
 * w->ready() once the broker knows what there is of uri, which stays until
 * then, or after ms; never before this returns.  When it knows already: false,
 * and nothing happens.
 */
bool broker_wait(struct broker *b, struct broker_waiter *w, const char *uri,
		 unsigned ms) MUST_CHECK;
void broker_wait_cancel(struct broker *b, struct broker_waiter *w);

/*
 * A request of this id that this caller may see: of its user, and a page only
 * its own; borrowed.  NULL: none.
 */
struct request *broker_find_request(struct broker *b, const char *id,
				    const struct caller *caller);

/* Refuse new requests; drained() is called when none is left. */
void broker_drain(struct broker *b, void (*drained)(void *arg), void *arg);

/* --- for request.c and approval.c --------------------------------------- */

/* Keys and tokens are others now: search.c remembers no URI. */
void broker_forget_found(struct broker *b);
/* An approval ended: look for the next at the end of this turn. */
void broker_approvals_soon(struct broker *b);
void broker_request_started(struct broker *b, struct request *r);
void broker_request_ended(struct broker *b, struct request *r);

#endif
