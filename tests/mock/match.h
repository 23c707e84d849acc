/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - whether a rule fires for a call
 *
 * Runs in whatever process loads the mock.
 */
#ifndef MOCK_MATCH_H
#define MOCK_MATCH_H

#include "rule.h"

#pragma GCC visibility push(hidden)

/*
 * Whether RULE fires for CALL. Counts the call if it is one of the rule's,
 * and makes the marker file of a `once` rule that fires. May ask the real
 * module for labels. The caller holds the lock of the rules.
 */
bool mock_match_rule(struct mock_rule *rule, const struct mock_call *call);

#pragma GCC visibility pop

#endif
