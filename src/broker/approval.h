/* SPDX-License-Identifier: Apache-2.0 */
/*
 * approval: a person is asked, and consents or not.
 *
 *	waiting -> preparing -> asking -> granted -> (the operation) -> finished
 *
 * Waiting: one dialog at a time for each token and each user.  Preparing: a
 * worker tells how the token's PIN stands, and takes its end of a new PIN
 * socket.  Asking: signet-prompt has the other end.  Granted: the PINs are in
 * the socket, and the operation they are for has to go to that worker.
 * signetd has neither end while a PIN can be in it.
 */
#ifndef SIGNET_BROKER_APPROVAL_H
#define SIGNET_BROKER_APPROVAL_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "broker/worker.h"
#include "wire/sign.h"

struct broker;
struct caller;
struct prompt;
struct shard;
struct token;

enum approval_state {
	APPROVAL_NONE, /* not started, or finished */
	APPROVAL_WAITING,
	APPROVAL_PREPARING,
	APPROVAL_ASKING,
	APPROVAL_GRANTED,
};

/* What the person is asked for, as far as the token's PINs go. */
enum approval_purpose {
	APPROVAL_LOGIN,  /* a user login: not where one stands already */
	APPROVAL_CHANGE, /* of the user PIN, by itself */
	APPROVAL_SO,	 /* the SO-PIN or PUK: unblock, initialise */
	APPROVAL_PAGE,	 /* none, and no token: a page asks to be allowed */
};

/*
 * Embedded in what waits for it.  The first part is filled in before
 * approval_start().
 */
struct approval {
	struct broker *broker;
	struct token *token; /* NULL: none is needed */
	const struct caller *caller; /* borrowed */
	unsigned pins;	  /* to be typed if the token wants any */
	enum approval_purpose purpose;
	bool fresh;	  /* a kept login is not enough */
	/* The request to signet-prompt, docs/PROTOCOL.prompt, as one line. */
	int (*describe)(struct approval *a, struct buf *out, struct error *e);
	/*
	 * NULL: granted, and approval_finish() or approval_again() has to
	 * follow.  Else it is over, as nothing was: ERR_DECLINED,
	 * ERR_NOT_ANSWERED, ERR_PROMPT, ERR_PIN_LOCKED, ERR_CANCELLED, or what
	 * became of the token.
	 */
	void (*decided)(struct approval *a, const struct error *refusal);

	/* Of its way. */
	TAILQ_ENTRY(approval) entry;
	enum approval_state state;
	enum wire_login with;	/* how the operation is to log in */
	struct error again;	/* code not 0: why it is asked once more */
	unsigned asked;		/* dialogs */
	struct shard *shard;	/* whose worker is prepared */
	struct worker *worker;
	struct worker_call call;
	struct prompt *prompt;
	int64_t asked_ns;	/* when its dialog opened */
	int pin_fd;		/* the prompt's end, before it is given away */
	bool cancelled;
	struct error why;	/* of being cancelled */
};
TAILQ_HEAD(approvals, approval);

/*
 * Ask.  decided() may be called before this returns.  ERR_QUOTA: too many
 * dialogs wait for this user, or in all, or the page has one already or has to
 * wait (patience.h); decided() is not called then.
 */
int approval_start(struct approval *a, struct error *e) MUST_CHECK;

/*
 * Wanted no more.  True: over, decided() will not be called; false: it will,
 * with why.  Nothing happens to one that is granted: false.
 */
bool approval_cancel(struct approval *a, const struct error *why);

/* The operation that was granted has ended, well or not: next one, please. */
void approval_finish(struct approval *a);

/*
 * It ended because of why (a wrong PIN): ask once more.  False, and finished:
 * LIMIT_PROMPTS dialogs were enough.
 */
bool approval_again(struct approval *a, const struct error *why);

/* How many others wait for the same person or token. */
unsigned approval_waiting(const struct approval *a);

/* How many are in one of the broker's lists. */
unsigned approvals_count(const struct approvals *list);

/* A worker has gone: those that were prepared with it are over. */
void approval_workers_changed(struct broker *b);

/* The broker's tick: those that could not begin before. */
void approval_next(struct broker *b);

#endif
