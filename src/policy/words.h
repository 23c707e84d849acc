/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: sentences of the policy, in a place of fixed size.
 *
 * Internal to src/policy.  Pure.
 */
#ifndef SIGNET_POLICY_WORDS_H
#define SIGNET_POLICY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct policy_words {
	char *out;
	size_t size;
	size_t len;
	bool full; /* something was left out; the text ends in "..." */
};

/* An empty sentence in out[size], size at least 4. */
struct policy_words policy_words_of(char *out, size_t size);

/*
 * Append; w may be NULL: nobody wants to know.  What does not fit is cut at a
 * character of UTF-8.
 */
void policy_words_put(struct policy_words *w, const char *format, ...)
	PRINTF_LIKE(2, 3);

/* "a", "a or b", "a, b or 3 more". */
void policy_words_any(struct policy_words *w, char *const *texts,
		      unsigned count);

#endif
