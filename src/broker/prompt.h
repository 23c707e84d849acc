/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompt: one signet-prompt process, as signetd sees it (docs/PROTOCOL.prompt).
 *
 * Spawns it with the request, hears its one answer, and ends it when it is
 * withdrawn, silent or says what it must not.  PINs do not pass here: its PIN
 * socket leads to a worker.
 */
#ifndef SIGNET_BROKER_PROMPT_H
#define SIGNET_BROKER_PROMPT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"

struct error;
struct event_base;
struct prompt;

struct prompt_owner {
	/*
	 * It ended: NULL when the person approved; else ERR_DECLINED,
	 * ERR_NOT_ANSWERED, or ERR_PROMPT with what to do.  The prompt is not
	 * to be used any more.
	 */
	void (*answered)(void *arg, const struct error *refusal);
	void *arg;
};

struct prompt_setup {
	const char *program; /* path of signet-prompt */
	struct buf *request; /* JSON with its line end; taken over */
	int pin_fd;	     /* its end of the PIN socket, or -1; borrowed */
	unsigned seconds;    /* that the person has */
};

/* ERR_PROMPT: it cannot be started, and why; ERR_NO_MEMORY. */
int prompt_start(struct event_base *base, const struct prompt_setup *setup,
		 const struct prompt_owner *owner, struct prompt **out,
		 struct error *e) MUST_CHECK;

/*
 * Withdraw it: answered() will not be called.  The dialog closes; a process
 * that does not leave by itself within a second is killed.  NULL is allowed.
 */
void prompt_close(struct prompt *p);

/* A child has ended (SIGCHLD): true when it was a prompt. */
bool prompt_reaped(pid_t pid);

/* At the end of signetd: kill and forget those that are left. */
void prompt_kill_all(void);

#endif
