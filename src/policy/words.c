/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: sentences of the policy, in a place of fixed size.
 */
#include "policy/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Of a list: more of them do not help to understand. */
#define WORDS_LISTED 4

static const char dots[] = "...";

struct policy_words policy_words_of(char *out, size_t size)
{
	out[0] = '\0';
	return (struct policy_words){ .out = out, .size = size };
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void words_cut(struct policy_words *w)
{
	size_t at = w->size - sizeof(dots);

	while (at > 0 && continues(w->out[at]))
		at--;
	memcpy(w->out + at, dots, sizeof(dots));
	w->len = at + sizeof(dots) - 1;
	w->full = true;
}

void policy_words_put(struct policy_words *w, const char *format, ...)
{
	va_list ap;
	int n;

	if (w == NULL || w->full)
		return;
	va_start(ap, format);
	n = vsnprintf(w->out + w->len, w->size - w->len, format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < w->size - w->len)
		w->len += (size_t)n;
	else
		words_cut(w);
}

void policy_words_any(struct policy_words *w, char *const *texts,
		      unsigned count)
{
	unsigned shown = count > WORDS_LISTED ? WORDS_LISTED - 1 : count;

	for (unsigned i = 0; i < shown; i++)
		policy_words_put(w, "%s%s", i == 0 ? "" :
				 i + 1 == count ? " or " : ", ", texts[i]);
	if (shown < count)
		policy_words_put(w, " or %u more", count - shown);
}
