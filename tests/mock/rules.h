/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - the rule file, read again whenever it has changed
 *
 * Runs in whatever process loads the mock.
 */
#ifndef MOCK_RULES_H
#define MOCK_RULES_H

#include "rule.h"

#pragma GCC visibility push(hidden)

struct mock_rules {
	struct mock_rules *older;
	bool broken;			/* did not parse: every call fails */
	size_t count;
	struct mock_rule rule[MOCK_RULES_MAX];
};

/*
 * The rules of $SIGNET_MOCK_RULES as they stand now: a stat(2) a call, a new
 * read when device, inode, size or mtime differ. Counts begin anew then. No
 * variable, no file or an empty file: no rules. Never NULL. What it returned
 * once stays valid for ever. The caller serialises.
 */
struct mock_rules *mock_rules_now(void);

#pragma GCC visibility pop

#endif
