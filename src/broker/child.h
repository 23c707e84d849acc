/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: how signetd starts a process of its own.
 */
#ifndef SIGNET_BROKER_CHILD_H
#define SIGNET_BROKER_CHILD_H

#include <sys/types.h>

#include "base/attr.h"

struct error;

/* Descriptors from this number on that a child gets. */
#define CHILD_FD 3
#define CHILD_FDS 2
#define CHILD_ARGUMENTS 2

struct child_setup {
	const char *program;
	const char *name;	  /* its argv[0] */
	char *const *environment; /* NULL-terminated, complete */
	int fds[CHILD_FDS];	  /* become 3, 4; -1: none; borrowed */
	const char *arguments[CHILD_ARGUMENTS + 1]; /* to NULL */
};

/*
 * Start it with /dev/null as 0 and 1, our log as 2, and nothing else open but
 * its fds; all other descriptors of signetd are close-on-exec.  Its own process
 * group lets one kill end what it may have started in turn.  Returns 0 or an
 * errno.
 */
int child_spawn(const struct child_setup *setup, pid_t *out) MUST_CHECK;

/*
 * Those of our own environment (names, to NULL) that are set, for a setup;
 * NULL: no memory.
 */
char **child_environment(const char *const *names);
void child_environment_free(char **environment); /* NULL is allowed */

#endif
