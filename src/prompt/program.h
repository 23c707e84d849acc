/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program: the pinentry program as a process: found, started, ended.
 */
#ifndef SIGNET_PROMPT_PROGRAM_H
#define SIGNET_PROMPT_PROGRAM_H

#include <sys/types.h>
#include <termios.h>

#include "base/err.h"

#define PROMPT_PATH_MAX 1024

struct prompt_program {
	char path[PROMPT_PATH_MAX];
	pid_t pid;	       /* 0: not running */
	int tty;	       /* the terminal it uses, or -1 */
	struct termios before; /* how that was */
};

/*
 * Drop from this process's environment all that a pinentry has no use for:
 * it gets ours.  Before anything reads it.
 */
int prompt_program_environment(struct error *e) MUST_CHECK;

/*
 * The program to use: wanted, else the first that there is in the system's
 * folders.  ERR_PROMPT says what to install or to set.
 */
int prompt_program_find(struct prompt_program *p, const char *wanted,
			struct error *e) MUST_CHECK;

/*
 * Start it in a session of its own; *fd is our end of its standard input and
 * output, non-blocking and the caller's.  tty (NULL: none) is only looked at,
 * so that it can be put right after a pinentry that had to be killed.
 */
int prompt_program_start(struct prompt_program *p, const char *tty, int *fd,
			 struct error *e) MUST_CHECK;

/* Kill all of it that still runs, and put the terminal right. */
void prompt_program_end(struct prompt_program *p);

#endif
