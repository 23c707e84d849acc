/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: bytes that stay in memory while they are few and go to a file without
 * a name when they become many.
 *
 * Holds the content of a request as it arrives, and a large result.  The file
 * is gone with its descriptor, also when signetd is killed.
 */
#ifndef SIGNET_BROKER_SPOOL_H
#define SIGNET_BROKER_SPOOL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

struct error;

struct spool {
	const char *folder; /* borrowed: settings.spool */
	size_t max;
	size_t len;
	struct buf head;    /* all while small; else what is not written */
	int fd;		    /* -1 while small */
	void *map;	    /* after spool_finish() of a large one */
};

/* Folder for the file, and the most that may be written to it. */
void spool_init(struct spool *s, const char *folder, size_t max);
void spool_fini(struct spool *s);

/*
 * ERR_TOO_LARGE: more than max; ERR_IO: the file cannot be made or written (a
 * full disk is ENOSPC).  Writes to the page cache, in pieces of 64 KiB.
 */
int spool_put(struct spool *s, struct slice piece, struct error *e) MUST_CHECK;

/* No more puts; *out is all of it, borrowed until spool_fini(). */
int spool_finish(struct spool *s, struct slice *out, struct error *e)
	MUST_CHECK;

/* Is it, or will it be, too large to be worked on in the loop? */
bool spool_large(const struct spool *s);

#endif
