/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary: a batch in few lines: how many, how much, to whom.
 */
#ifndef SIGNET_CONTENT_SUMMARY_H
#define SIGNET_CONTENT_SUMMARY_H

#include "content/content.h"

struct json_t;

struct content_summary {
	unsigned items;		  /* contents */
	unsigned blind;		  /* of them */
	unsigned payments;	  /* in them */
	struct content_sum *sums; /* one a currency, in order of appearance */
	size_t sums_count;
	const char *payees[LIMIT_PAYEES]; /* the first distinct ones */
	size_t payees_count;
	size_t payees_more; /* distinct ones that are not named */
	struct json_t *seen; /* all of them; owns the texts */
};

/* Nothing in it.  ERR_NO_MEMORY. */
int content_summary_init(struct content_summary *s, struct error *e)
	MUST_CHECK;
/* NULL and a zeroed struct are allowed. */
void content_summary_fini(struct content_summary *s);

/*
 * Add one content, of which nothing is kept.  ERR_CONTENT: more than
 * LIMIT_CURRENCIES, or a sum of more than 21 digits; ERR_NO_MEMORY.  After a
 * failure the summary is good for nothing but content_summary_fini().
 */
int content_summary_add(struct content_summary *s, const struct content *c,
			struct error *e) MUST_CHECK;

#endif
