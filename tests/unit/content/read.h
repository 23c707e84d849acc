/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read: reading contents, and looking at what came out.
 */
#ifndef SIGNET_TEST_CONTENT_READ_H
#define SIGNET_TEST_CONTENT_READ_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "content/content.h"

static struct error error UNUSED;

static inline struct content *read_input(const struct content_input *in)
{
	struct content *c = NULL;
	int r = content_read(in, &c, &error);

	if (r != 0)
		fail_msg("refused: %s", error.message);
	assert_non_null(c);
	return c;
}

static inline struct content *read_bytes(const char *media_type,
					 struct slice data)
{
	struct content_input in = { .media_type = media_type, .data = data };

	return read_input(&in);
}

static inline struct content *read_text(const char *media_type,
					const char *text)
{
	return read_bytes(media_type, slice_str(text));
}

/* Refused with that code, in words that have this text in them. */
static inline void refused_input(const struct content_input *in, int code,
				 const char *words)
{
	struct content *c = NULL;

	error_clear(&error);
	if (content_read(in, &c, &error) == 0) {
		content_free(c);
		fail_msg("taken, though it should say: %s", words);
	}
	assert_int_equal(error.code, code);
	assert_null(c);
	if (strstr(error.message, words) == NULL)
		fail_msg("\"%s\" does not say: %s", error.message, words);
}

static inline void refused(const char *media_type, const char *text, int code,
			   const char *words)
{
	struct content_input in = { .media_type = media_type,
				    .data = slice_str(text) };

	refused_input(&in, code, words);
}

/* The value of the nth line (from 0) of that label; NULL if there is none. */
static inline const char *line_nth(const struct content *c, const char *label,
				   size_t n)
{
	for (size_t i = 0; i < c->lines_count; i++)
		if (strcmp(c->lines[i].label, label) == 0 && n-- == 0)
			return c->lines[i].value;
	return NULL;
}

static inline void assert_line(const struct content *c, const char *label,
			       const char *value)
{
	const char *got = line_nth(c, label, 0);

	if (got == NULL)
		fail_msg("no line %s", label);
	assert_string_equal(got, value);
}

/* text with the first occurrence of a replaced by b; to be freed. */
static inline char *replaced(const char *text, const char *a, const char *b)
{
	const char *at = strstr(text, a);
	size_t before = at == NULL ? 0 : (size_t)(at - text);
	size_t size = strlen(text) + strlen(b) + 1;
	char *out = malloc(size);

	if (at == NULL)
		fail_msg("there is no %s to be replaced", a);
	assert_non_null(out);
	snprintf(out, size, "%.*s%s%s", (int)before, text, b,
		 text + before + strlen(a));
	return out;
}

#endif
