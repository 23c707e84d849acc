/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience: a page whose dialogs are not approved waits longer and longer
 * before it may have another one, so that it wears nobody out.
 *
 * It does not matter how a dialog ended that was not approved: a page that
 * withdraws its own and asks again is no better than one that is declined.
 */
#ifndef SIGNET_BROKER_PATIENCE_H
#define SIGNET_BROKER_PATIENCE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/origin.h"

struct error;

/* In the place of an origin: all pages that ask to be allowed, together. */
#define PATIENCE_CANDIDATES ""

/* Who is remembered. Those that would be let in first are forgotten first. */
#define PATIENCE_ENTRIES LIMIT_PAGES

struct patience_entry {
	uid_t uid; /* who is asked */
	char origin[ORIGIN_SIZE];
	unsigned refusals; /* in a row */
	int64_t until_ns;  /* CLOCK_MONOTONIC: no dialog before */
};

struct patience {
	struct patience_entry *list; /* PATIENCE_ENTRIES, or NULL */
	unsigned count;
};

void patience_fini(struct patience *p);

/* ERR_QUOTA, with the seconds to wait. */
int patience_check(const struct patience *p, uid_t uid, const char *origin,
		   int64_t now_ns, struct error *e) MUST_CHECK;

/* A dialog of that page ended, and was not approved. */
void patience_refused(struct patience *p, uid_t uid, const char *origin,
		      int64_t now_ns);
/* One was. */
void patience_approved(struct patience *p, uid_t uid, const char *origin);

#endif
