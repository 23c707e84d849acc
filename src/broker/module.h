/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module: a PKCS#11 module as a pool of workers, its tokens, and the queue of
 * signatures that wait for a worker.
 *
 * A worker that crashed, hung or lied is replaced after a pause that doubles;
 * the call it had in hand fails, what stood behind it is given to the next.
 */
#ifndef SIGNET_BROKER_MODULE_H
#define SIGNET_BROKER_MODULE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/attr.h"
#include "base/err.h"
#include "broker/settings.h"
#include "broker/token.h"
#include "broker/worker.h"
#include "wire/hello.h"
#include "wire/readers.h"
#include "wire/sign.h"

struct event_base;
struct module;
struct shard;

/*
 * Signatures to be made, by one key in one worker operation.  Embedded in the
 * request; after module_sign() it belongs to the module until done() was
 * called, exactly once.
 */
struct sign_job {
	TAILQ_ENTRY(sign_job) entry;
	struct worker_call call;
	struct shard *shard;	       /* that is to do it, or has it */
	unsigned restarts;	       /* of shard, before its worker */
	bool given;		       /* a worker has it */
	struct key *key;	       /* borrowed; knows its token */
	const struct wire_sign_item *items; /* borrowed */
	unsigned count;
	unsigned got;		       /* signatures that were answered */
	enum wire_login login;
	uint8_t flags;		       /* WIRE_SIGN_... */
	/* Not NULL: only this worker of shard may do it. */
	const struct worker *only;
	int64_t expires_ns;	       /* CLOCK_MONOTONIC: not begun after it */
	bool cancelled;		       /* by module_cancel() */
	/* Before a worker gets it: the token begins to work. */
	void (*begun)(struct sign_job *job);
	/* That worker is gone and had not begun: it is in the queue again. */
	void (*back)(struct sign_job *job);
	/* The next signature; borrowed.  A failure ends the worker. */
	int (*signature)(struct sign_job *job, struct slice signature,
			 struct error *e);
	/* failure is NULL when all were made. */
	void (*done)(struct sign_job *job, const struct error *failure);
};
TAILQ_HEAD(sign_jobs, sign_job);

enum shard_state {
	SHARD_EMPTY,	/* of a reader without a card: per_reader modules */
	SHARD_WAITING,	/* for its turn, or for the pause after a failure */
	SHARD_STARTING, /* hello, tokens, logins, keys */
	SHARD_READY,
};

struct shard {
	struct module *module;
	unsigned number;
	enum shard_state state;
	struct worker *worker;	/* NULL while waiting */
	unsigned restarts;
	unsigned pause_ms;	/* next pause */
	int64_t ready_since;
	int64_t looked_ns;	/* asked for tokens last */
	bool found;		/* and had some that it could not use before */
	unsigned listed;	/* how many there were, usable or not */
	int64_t waiting_since;	/* for a worker: of a reader's card */
	struct event *timer;	/* end of the pause */
	char reader[LIMIT_LABEL]; /* its only one; "": all there are */
	uint8_t atr[WIRE_ATR_MAX]; /* of the card in it */
	size_t atr_len;
	bool doubted;		/* its card was said to be another one */
	unsigned failures;	/* in a row, since a good start */
	int64_t distrusted_until_ns; /* sampling.c: all is verified */
	char *conf;		/* file of OPENSC_CONF while it starts */
	/* Tokens this worker can sign with: its own number for each. */
	bool can[LIMIT_TOKENS];
	uint32_t theirs[LIMIT_TOKENS];
	/* The start under way, see shard.c. */
	struct worker_call call;
	unsigned step;
	bool seen[LIMIT_TOKENS];
	struct token *token;
	struct key **keys;
	size_t keys_count;
};

struct module_owner {
	/* The first start of all its workers has ended, well or not. */
	void (*settled)(void *arg);
	/* Its tokens or keys are not what they were. */
	void (*changed)(void *arg);
	/* A retiring module has nothing left to do. */
	void (*retired)(void *arg, struct module *m);
	/*
	 * Of a per_reader module: the worker of this reader came up, with so
	 * many tokens; or it ended, and why (its next start is set).
	 */
	void (*reader_ready)(void *arg, struct module *m, const char *reader,
			     unsigned tokens);
	void (*reader_failed)(void *arg, struct module *m, const char *reader,
			      unsigned failures, const struct error *why);
	void *arg;
};

struct module {
	TAILQ_ENTRY(module) entry;
	struct event_base *base;
	struct module_owner owner;
	struct settings *settings;	      /* counted */
	const struct settings_module *config; /* in settings */
	char **environment;
	struct wire_hello_rep info; /* of the last worker that said hello */
	struct shard *shards;
	unsigned shards_count;
	bool settled;
	bool retiring;
	bool down;		    /* no worker came up again */
	struct error last_error; /* code 0: none since the last good start */
	struct tokens tokens;
	unsigned tokens_count;
	struct sign_jobs queue;
	unsigned jobs; /* queued or at a worker */
	/* Readers that a worker which starts now is not to look at. */
	char *others[LIMIT_READERS];
	size_t others_count;
	int told_fault; /* of announce.c: ERR_*, or 0 */
};

/* Starts its first worker.  Failures to start show in last_error. */
int module_new(struct event_base *base, struct settings *settings,
	       unsigned number, const struct module_owner *owner,
	       struct module **out, struct error *e) MUST_CHECK;

/*
 * Queue a job.  ERR_QUOTA when too many wait for the token, else what keeps
 * the module from working now (its last error); done() is not called then.
 */
int module_sign(struct module *m, struct sign_job *job, struct error *e)
	MUST_CHECK;

/*
 * Take a queued job back: true, and done() will not be called.  False when a
 * worker already has it: done() will be called as always.
 */
bool module_cancel(struct module *m, struct sign_job *job);

/*
 * Of a per_reader module: a card is in this reader, and a worker for it starts;
 * others are the readers that are none of its business.  Tokens that this
 * reader had with that answer to reset are shown until it is known better.
 * ERR_QUOTA: more than LIMIT_READERS.
 */
int module_card_in(struct module *m, const char *reader, struct slice atr,
		   const char *const *others, size_t count, struct error *e)
	MUST_CHECK;

/* The card has gone: its worker with it, and what was asked of its tokens. */
void module_card_out(struct module *m, const char *reader,
		     const struct error *why);

/*
 * An operation with a login failed at this worker, for this reason.  OpenSC
 * (0.23) has locked the card for the login, and keeps it locked when that is
 * refused: such a worker is ended (true), and the next one starts.
 */
bool module_let_go(struct module *m, struct worker *w,
		   const struct error *why);

/* No new jobs; retired() is called when those it has are done. */
void module_retire(struct module *m);

/*
 * It and its tokens stay, also while it retires, until as many releases.  For
 * whoever keeps a key and may still want a signature by it.
 */
void module_hold(struct module *m);
void module_release(struct module *m);

/*
 * What is on t was changed: what is known of it is old, and so is what its
 * workers remember.  All are ended; the next ones look anew, and are no sign
 * of a fault.  The caller holds m.
 */
void module_look_anew(struct module *m, struct token *t, const char *what);

/*
 * The worker for an operation of its own on t: the least loaded one, NULL when
 * none can be used now.
 */
struct shard *module_shard_for(struct module *m, const struct token *t);

/* Why a token that no worker serves cannot be used, or 0 to wait for one. */
int module_unable(struct module *m, const struct token *t, struct error *e)
	MUST_CHECK;

/* Ends its workers at once; jobs it still has fail with ERR_SHUTTING_DOWN. */
void module_free(struct module *m);

/* Number of workers that can sign now. */
unsigned module_ready(const struct module *m);

/* Workers that were replaced since the start. */
unsigned module_restarts(const struct module *m);

/* --- for shard.c and module_reader.c ------------------------------------- */

/* This shard is ready, or failed to become so, or has room. */
/* Before each start: what its worker reads, s->conf. */
int module_shard_prepare(struct module *m, struct shard *s, struct error *e)
	MUST_CHECK;
void module_shard_ready(struct module *m, struct shard *s);
void module_shard_failed(struct module *m, struct shard *s,
			 const struct error *why);
void module_dispatch(struct module *m);
/* As module_unable(), where each reader has its worker. */
int module_reader_unable(struct module *m, const struct token *t,
			 struct error *e) MUST_CHECK;
/*
 * A card of the same kind in the same reader is said to be another one.  It may
 * be; but ykcs11 takes one error of a card for the serial number 0.  True: its
 * worker is ended, and the next one is believed.
 */
bool module_doubts(struct module *m, struct shard *s);
/* What its reader was thought to have is known now. */
void module_recalled(struct module *m, const struct shard *s);
/* Jobs whose worker is gone with its PIN, and those whose token is gone. */
void module_fail_pinned(struct module *m, const struct shard *s,
			const struct error *why);
void module_fail_absent(struct module *m, const struct error *why);

#endif
