/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.c - the words of one line of a rule file
 *
 * Runs in whatever process loads the mock. Pure.
 */
#include "word.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int put(struct mock_word *word, char c)
{
	if (word->len + 1 >= sizeof(word->text))
		return -1;
	word->text[word->len++] = c;
	return 0;
}

static int escape(const char **at, struct mock_word *word)
{
	const char *p = *at;
	char hex[3] = "";

	switch (*p++) {
	case 'n':
		*at = p;
		return put(word, '\n');
	case 't':
		*at = p;
		return put(word, '\t');
	case '\\':
	case '"':
		*at = p;
		return put(word, p[-1]);
	case 'x':
		if (!isxdigit((unsigned char)p[0]) ||
		    !isxdigit((unsigned char)p[1]))
			return -1;
		memcpy(hex, p, 2);
		*at = p + 2;
		return put(word, (char)strtoul(hex, NULL, 16));
	default:
		return -1;
	}
}

static int quoted(const char **at, struct mock_word *word)
{
	const char *p = *at + 1;

	word->quoted = true;
	while (*p != '"') {
		char c = *p;

		if (c == '\0')
			return -1;
		p++;
		if (c == '\\' ? escape(&p, word) : put(word, c))
			return -1;
	}
	*at = p + 1;
	return 0;
}

static int plain(const char **at, struct mock_word *word)
{
	const char *p = *at;

	word->quoted = false;
	for (; *p != '\0' && !isspace((unsigned char)*p); p++)
		if (*p == '"' || put(word, *p))
			return -1;
	*at = p;
	return 0;
}

int mock_word_next(const char **at, struct mock_word *word)
{
	const char *p = *at;
	int failed;

	while (isspace((unsigned char)*p))
		p++;
	if (*p == '\0' || *p == '#')
		return 0;
	word->len = 0;
	failed = *p == '"' ? quoted(&p, word) : plain(&p, word);
	if (failed)
		return -1;
	/* A word may not run into the next: "a"b is a slip of the pen. */
	if (*p != '\0' && !isspace((unsigned char)*p))
		return -1;
	word->text[word->len] = '\0';
	*at = p;
	return 1;
}
