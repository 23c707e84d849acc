/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one signature, or a batch of them, from arrival to end, as a state
 * machine.
 *
 *	received -> authorised -> approved -> signing -> checked -> recorded
 *	    |           |            |          |          |     -> released
 *	 refused  declined, ...  cancelled   failed     failed
 *
 * Authorised: the policy lets it; a person may have to be asked.  Counted.
 * Everything happens in the loop, but for the work on large contents and the
 * check of signatures, which are compute jobs, and the writing of records,
 * which a signature waits for (recording.h).
 */
#ifndef SIGNET_BROKER_REQUEST_H
#define SIGNET_BROKER_REQUEST_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "broker/approval.h"
#include "broker/caller.h"
#include "broker/compute.h"
#include "broker/item.h"
#include "broker/module.h"
#include "broker/sampling.h"
#include "evidence/journal.h"
#include "policy/policy.h"

struct authentication;
struct broker;
struct idempotent;
struct supervision;

enum request_state {
	REQUEST_RECEIVED,
	REQUEST_AUTHORISED,
	REQUEST_APPROVED,
	REQUEST_SIGNING,
	REQUEST_CHECKED,
	REQUEST_RECORDED,
	REQUEST_RELEASED,
	REQUEST_REFUSED,
	REQUEST_FAILED,
	REQUEST_CANCELLED,
};

/* Name as it stands in the API. */
const char *request_state_name(enum request_state state);
bool request_state_final(enum request_state state);

/* 128 random bits in hexadecimal. */
#define REQUEST_ID_SIZE 33

struct request {
	TAILQ_ENTRY(request) entry; /* of the broker: living or remembered */
	unsigned refs;
	struct broker *broker;
	struct settings *settings; /* counted: its rule stays */
	char id[REQUEST_ID_SIZE];
	enum request_state state;
	struct caller caller;
	struct error error; /* of refused, failed and cancelled */

	/* What is asked; filled by the API before request_start(). */
	char key_uri[LIMIT_URI + 1]; /* "" for the only key there is */
	char algorithm[16];	     /* "" for the key's own */
	struct item_order order;     /* alg is chosen with the key */
	struct item *items;
	unsigned count;
	bool batch;		     /* asked with "items", if only one */
	struct authentication *authentication; /* NULL: no sign-in */
	bool remember;		     /* keep the result for GET */
	int64_t expires_ns;	     /* CLOCK_MONOTONIC */
	int64_t ask_until_ns;	     /* for a person too; 0: not limited */

	/* Of the way through. */
	struct key *key;
	struct module *module;	     /* held, with all its tokens */
	struct policy_verdict verdict;
	struct approval approval;
	struct sign_job sign;
	struct wire_sign_item *tbs;  /* of the statement, if any; each item */
	/* Where the rule wants a supervisor: what both of them sign. */
	struct supervision *supervision;
	struct item statement;	     /* signed by the request's own key */
	struct compute_job compute;
	int compute_result;
	struct error compute_error;
	bool cancelled;
	unsigned signed_count;	     /* items with a signature, the first */
	struct sampling sampling;    /* which of them are verified */
	pid_t worker;		     /* that had it; 0: none */
	int64_t since_ns;	     /* queued, then: waits for its record */
	struct journal_entry record; /* while it is written */
	struct journal_item *kept_items; /* of record */
	struct idempotent *idempotent; /* NULL: without Idempotency-Key */

	/*
	 * With an Idempotency-Key, before it is recorded: the text of the
	 * answer, without what record_members() of the API adds.
	 */
	void (*render)(struct request *r, struct buf *out, unsigned *status);
	/* Called once, in the loop, when the state is final. */
	void (*ended)(struct request *r, void *arg);
	void *ended_arg;
};
TAILQ_HEAD(requests, request);

/* With a new id, received, one reference for the caller. ERR_NO_MEMORY. */
int request_new(struct broker *b, const struct caller *caller,
		struct request **out, struct error *e) MUST_CHECK;
struct request *request_ref(struct request *r);

/*
 * One more item, empty; NULL when there are LIMIT_BATCH, or no memory.  Items
 * move: pointers to them are good until the next one is made.
 */
struct item *request_add_item(struct request *r);
void request_unref(struct request *r);

/*
 * Everything is filled in: go.  ended() is called in any case, maybe before
 * this returns.  The broker keeps a reference until then.
 */
void request_start(struct request *r);

/*
 * The client is gone, or asks for it.  Up to the moment of signing this ends
 * the request as cancelled; later it only keeps the result from being
 * released.  Nothing happens to one that is being recorded, or has ended.
 */
void request_cancel(struct request *r, const char *why);

/* The broker's tick: ends it when its time is over and it is not begun. */
void request_tick(struct request *r, int64_t now_ns);

/* --- for consent.c and signing.c ---------------------------------------- */

/* The next state, which those who listen to events are told. */
void request_enter(struct request *r, enum request_state state);
/* Ends it, with r->error; no signature leaves. */
void request_fail(struct request *r);
/* Ends it as cancelled, with r->error; no signature leaves. */
void request_cancelled(struct request *r);
/* All that was signed is checked: recorded, it leaves; r->error says what
 * was not signed. */
void request_release(struct request *r);

/* Too much to be worked on in the loop? */
bool request_large(const struct request *r);
/* r->compute: in a thread, or else at once. */
void request_compute(struct request *r, void (*run)(struct compute_job *job),
		     void (*done)(struct compute_job *job), bool thread);
struct request *request_of_compute(struct compute_job *job);

#endif
