/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origins: the pages that users have allowed to ask for signatures.
 *
 * One JSON file in the state folder (docs/policy.md, "Pages that the user
 * allows"), written as a whole.  A file that is not as it should be is left
 * alone: then no page is allowed by it, and none can be added.
 */
#ifndef SIGNET_BROKER_ORIGINS_H
#define SIGNET_BROKER_ORIGINS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/origin.h"

#define ORIGINS_FILE "origins.json"

struct origins_entry {
	uid_t uid; /* who has allowed it, and for whom it counts */
	char origin[ORIGIN_SIZE];
	int64_t since;	 /* clock_unix() */
	bool by_program; /* signet origin allow, and not the page's dialog */
};

struct origins {
	char path[LIMIT_PATH + sizeof(ORIGINS_FILE)];
	struct error failure; /* of the file; code 0: it is good */
	struct origins_entry *list;
	unsigned count;
};

/* "page", "program". */
const char *origins_by(const struct origins_entry *entry);

/*
 * Read the file of that folder.  That it is not there, or is no good, is no
 * error here: see failure, which is logged.
 */
void origins_open(struct origins *o, const char *folder);
/* Read it again, if it was no good. */
void origins_retry(struct origins *o);
void origins_fini(struct origins *o);

/* NULL: that user has not allowed it. */
const struct origins_entry *origins_find(const struct origins *o, uid_t uid,
					 const char *origin);

/*
 * In the list and on the disk, or neither.  ERR_NOT_DURABLE: the file is no
 * good, or cannot be written; ERR_QUOTA: LIMIT_PAGES are in it.
 */
int origins_add(struct origins *o, const struct origins_entry *entry,
		struct error *e) MUST_CHECK;

/*
 * Out of the list in any case.  ERR_NO_SUCH_ORIGIN; ERR_NOT_DURABLE: the file
 * still has it, and so will signetd when it is started anew.
 */
int origins_remove(struct origins *o, uid_t uid, const char *origin,
		   struct error *e) MUST_CHECK;

#endif
