/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - one rule: which call, under which conditions, to what effect
 *
 * Runs in whatever process loads the mock. Parsing is pure; the grammar is in
 * README.md.
 */
#ifndef MOCK_RULE_H
#define MOCK_RULE_H

#include "call.h"
#include "word.h"

#pragma GCC visibility push(hidden)

enum mock_when { MOCK_ALWAYS, MOCK_NTH, MOCK_EVERY, MOCK_FROM };

/* The argument of an effect; which members count is the effect's business. */
struct mock_arg {
	unsigned long number;
	bool relative;			/* written as +N */
	CK_FLAGS add;
	CK_FLAGS remove;
	struct mock_word text;
};

struct mock_effect;

struct mock_rule {
	unsigned line;			/* in the rule file, from 1 */
	enum mock_fn fn;		/* or MOCK_ANY */
	enum mock_when when;
	unsigned long when_n;
	unsigned long seen;		/* calls counted, in this process */
	bool by_slot;
	CK_SLOT_ID slot;
	char token[MOCK_WORD_MAX];	/* label, "" for any */
	char key[MOCK_WORD_MAX];	/* label, "" for any */
	unsigned long idle_ms;		/* since the call before, 0 for any */
	unsigned long long last_ms;	/* of that call; 0: there was none */
	char once[MOCK_WORD_MAX];	/* marker file, "" for none */
	const struct mock_effect *effect;
	struct mock_arg arg;
};

/*
 * Parses TEXT, one line without its newline, into RULE (which the caller has
 * zeroed). Returns 1 for a rule, 0 for an empty line or a comment, -1 with
 * *WHY a static text saying what is wrong.
 */
int mock_rule_parse(const char *text, struct mock_rule *rule,
		    const char **why);

#pragma GCC visibility pop

#endif
