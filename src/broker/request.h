/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one signature from its arrival to its end, as a state machine.
 *
 *	received -> approved -> signing -> checked -> recorded -> released
 *	    |          |          |           |          |
 *	 refused    cancelled   failed      failed     failed
 *
 * (authorised lies between received and approved; until there is a policy a
 * caller that may use the socket is authorised.)
 *
 * Counted.  Everything happens in the loop, but for the hashing of a large
 * content and the check of the signature, which are compute jobs.
 */
#ifndef SIGNET_BROKER_REQUEST_H
#define SIGNET_BROKER_REQUEST_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "broker/compute.h"
#include "broker/module.h"
#include "broker/spool.h"
#include "format/format.h"

struct broker;

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

/* Who asks: from the socket, never from the message. */
struct caller {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	char exe[256]; /* /proc/PID/exe, "" when it cannot be read */
};

/* 128 random bits in hexadecimal. */
#define REQUEST_ID_SIZE 33

struct request {
	TAILQ_ENTRY(request) entry; /* of the broker: living or remembered */
	unsigned refs;
	struct broker *broker;
	char id[REQUEST_ID_SIZE];
	enum request_state state;
	struct caller caller;
	struct error error; /* of refused, failed and cancelled */

	/* What is asked; filled by the API before request_start(). */
	char key_uri[LIMIT_URI + 1]; /* "" for the only key there is */
	char algorithm[16];	     /* "" for the key's own */
	char name[LIMIT_NAME + 1];
	char media_type[LIMIT_NAME + 1];
	enum format_kind format;
	bool detached;
	bool ecdsa_der;
	bool remember;		     /* keep the result for GET */
	struct spool content;
	uint8_t digest[64];
	size_t digest_len;	     /* not 0: a blind request */
	enum wire_hash digest_hash;
	int64_t expires_ns;	     /* CLOCK_MONOTONIC */

	/* Of the way through. */
	struct key *key;
	const struct format_alg *alg;
	struct format_op *op;
	struct sign_job sign;
	struct compute_job compute;
	int compute_result;
	struct error compute_error;
	bool cancelled;
	uint8_t raw[LIMIT_SIGNATURE]; /* as the token gave it */
	size_t raw_len;
	struct spool result;
	struct slice signature; /* in its format; once released */

	/* Called once, in the loop, when the state is final. */
	void (*ended)(struct request *r, void *arg);
	void *ended_arg;
};
TAILQ_HEAD(requests, request);

/* With a new id, received, one reference for the caller. ERR_NO_MEMORY. */
int request_new(struct broker *b, const struct caller *caller,
		struct request **out, struct error *e) MUST_CHECK;
struct request *request_ref(struct request *r);
void request_unref(struct request *r);

/*
 * Everything is filled in: go.  ended() is called in any case, maybe before
 * this returns.  The broker keeps a reference until then.
 */
void request_start(struct request *r);

/*
 * The client is gone, or asks for it.  Up to the moment of signing this ends
 * the request as cancelled; later it only keeps the result from being
 * released.  Nothing happens to one that has ended.
 */
void request_cancel(struct request *r, const char *why);

/* The broker's tick: ends it when its time is over and it is not begun. */
void request_tick(struct request *r, int64_t now_ns);

#endif
