/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller: who asks, from the socket and never from the message.
 */
#ifndef SIGNET_BROKER_CALLER_H
#define SIGNET_BROKER_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/origin.h"

/* Groups of one user that are looked at. */
#define CALLER_GROUPS 64u

struct caller {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	char exe[256];	  /* /proc/PID/exe, "" when it cannot be read */
	char user[64];	  /* its name, or the number */
	char tty[64];	  /* its controlling terminal, "" for none */
	char origin[ORIGIN_SIZE]; /* of a page; "" for a program */
	bool webhost;	  /* signet-webhost; exe and pid are its parent's */
	unsigned groups[CALLER_GROUPS]; /* gid among them */
	size_t groups_count;
};

#endif
