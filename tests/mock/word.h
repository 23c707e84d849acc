/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word.h - the words of one line of a rule file
 *
 * Runs in whatever process loads the mock. Pure.
 */
#ifndef MOCK_WORD_H
#define MOCK_WORD_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Longest word, with its NUL: a path or a label fits. */
#define MOCK_WORD_MAX 512

struct mock_word {
	bool quoted;
	size_t len;		/* without the NUL; may hold others */
	char text[MOCK_WORD_MAX];
};

/*
 * Takes the next word from *AT and moves *AT behind it. Words are separated
 * by blanks. "..." is one word and knows \n \t \\ \" and \xHH. A # that
 * begins a word ends the line.
 * Returns 1 with WORD filled, 0 at the end of the line, -1 for a word that is
 * too long, an open quote or an unknown escape (WORD is then undefined).
 */
int mock_word_next(const char **at, struct mock_word *word);

#pragma GCC visibility pop

#endif
