/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: the policy in words, for whoever writes one (signetd(8)).
 */
#ifndef SIGNET_DAEMON_EXPLAIN_H
#define SIGNET_DAEMON_EXPLAIN_H

#include <stdbool.h>

struct settings;

/* Print the rules, a line each, or as JSON. */
void explain_rules(const struct settings *s, const char *path, bool json);

/*
 * Read one question as JSON on standard input and print what the policy says,
 * with the names and groups of the caller as this machine knows them.  Gives
 * the exit status: 0 when it asks or allows, 1 when it denies, 2 when the
 * question is none, which is printed.
 */
int explain_question(const struct settings *s, bool json);

#endif
