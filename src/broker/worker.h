/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: one signet-worker process, as signetd sees it.
 *
 * Spawns it, sends calls, hands answers to their callers, and ends it when it
 * misses a deadline, breaks the protocol or dies.  It never comes back: its
 * owner (the module) starts another one.
 */
#ifndef SIGNET_BROKER_WORKER_H
#define SIGNET_BROKER_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "wire/frame.h"

struct error;
struct event_base;
struct worker;

/*
 * A call under way.  Embedded in whatever waits for the answer; stays until
 * one of the two functions ended it.
 */
struct worker_call {
	TAILQ_ENTRY(worker_call) entry;
	enum wire_type type;
	uint32_t id;
	int fd;		   /* worker_send_fd(): to go with it, else -1 */
	uint64_t fd_at;	   /* offset of its frame in all that was sent */
	/* From the moment the worker is free for it; 0: it has all time. */
	unsigned deadline_ms;
	int64_t began_ns;  /* that moment, CLOCK_MONOTONIC; 0: not yet */
	/* WIRE_MORE: the call goes on; WIRE_REP and WIRE_FAIL end it.  The
	 * body is borrowed.  A result other than 0 ends the worker. */
	int (*answer)(struct worker_call *call, const struct wire_frame *f,
		      struct error *e);
	/* The worker is gone.  begun: it may have worked on this call. */
	void (*lost)(struct worker_call *call, const struct error *why,
		     bool begun);
};
TAILQ_HEAD(worker_calls, worker_call);

/* What a worker is started with.  All borrowed for the call. */
struct worker_setup {
	const char *program;	  /* path of signet-worker, signet-reader */
	const char *module;	  /* name of the module, for messages */
	char *const *environment; /* NULL-terminated, complete */
};

struct worker_owner {
	/* Ended, all its calls were told; the owner drops its pointer now. */
	void (*ended)(void *arg, struct worker *w, const struct error *why);
	void *arg;
};

/* ERR_IO, ERR_NO_MEMORY: it could not be started. */
int worker_start(struct event_base *base, const struct worker_setup *setup,
		 const struct worker_owner *owner, struct worker **out,
		 struct error *e) MUST_CHECK;

pid_t worker_pid(const struct worker *w);

/* Calls under way. */
unsigned worker_load(const struct worker *w);

/*
 * Start a frame for call: the caller appends the body to the returned buffer
 * and then calls worker_send().  Frames of one turn of the loop leave in one
 * write at its end; for a worker that has nothing to do, the first ones do at
 * once.
 */
struct buf *worker_begin(struct worker *w, struct worker_call *call);
void worker_send(struct worker *w, struct worker_call *call);

/*
 * The same with a descriptor, which is taken over: it goes out with the first
 * byte of the frame, and our copy is closed then, or when the call is lost.
 */
void worker_send_fd(struct worker *w, struct worker_call *call, int fd);

/*
 * End it now: SIGKILL to its process group; calls are lost with why; ended()
 * is called.  The process is reaped later, by worker_reaped().  With
 * ERR_SHUTTING_DOWN its socket is closed, and it may finish the call it is in.
 */
void worker_end(struct worker *w, const struct error *why);

/*
 * The same for a worker that is of no more use after what it answered: none of
 * its calls is to blame, all are lost as not begun.  With code 0 it has done
 * what it was started for: its socket is closed, and it leaves by itself.
 */
void worker_retire(struct worker *w, const struct error *why);

/*
 * At the end of signetd, when every worker was ended: wait for them, at most
 * so long, and kill what is left.  Blocking.
 */
void worker_wait_all(unsigned ms);

/*
 * A child has ended (SIGCHLD): true when it was a worker.  status as from
 * waitpid(2).
 */
bool worker_reaped(pid_t pid, int status);

#endif
