/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match: the conditions of a rule, one by one.
 *
 * Internal to src/policy.  Pure.
 */
#ifndef SIGNET_POLICY_MATCH_H
#define SIGNET_POLICY_MATCH_H

#include <stdbool.h>

struct policy_match;
struct policy_question;
struct policy_words;

/* Do all conditions hold? */
bool policy_match_holds(const struct policy_match *m,
			const struct policy_question *q);

/* "user alice, format cms": what holds, where all conditions do. */
void policy_match_explain(const struct policy_match *m,
			  const struct policy_question *q,
			  struct policy_words *w);

/* "wants format cms, this is raw": the first condition that does not hold. */
void policy_match_explain_miss(const struct policy_match *m,
			       const struct policy_question *q,
			       struct policy_words *w);

/* The conditions themselves: "user alice or bob; format cms"; or nothing. */
void policy_match_describe(const struct policy_match *m,
			   struct policy_words *w);

/* Is there any condition? */
bool policy_match_given(const struct policy_match *m);

/* Does it name pages: by their origin, or as those that are paired? */
bool policy_match_pages(const struct policy_match *m);
/* ... and this one?  Looks at its other conditions not at all. */
bool policy_match_page(const struct policy_match *m,
		       const struct policy_question *q);

/*
 * Of the conditions only those about who asks, and with which key: could they
 * hold, whatever is to be signed?  Is there any other?
 */
bool policy_match_possible(const struct policy_match *m,
			   const struct policy_question *q);
bool policy_match_content_given(const struct policy_match *m);

/* Parameters and case do not count; a pattern may have * behind the slash. */
bool policy_match_media_type(const char *pattern, const char *type);

/* Is it a name of an extended key usage that certificates are shown with? */
bool policy_match_eku_known(const char *name);

#endif
