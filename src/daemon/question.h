/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question: a question to the policy from JSON, for signetd --explain.
 */
#ifndef SIGNET_DAEMON_QUESTION_H
#define SIGNET_DAEMON_QUESTION_H

#include <jansson.h>

#include "base/attr.h"
#include "base/slice.h"
#include "policy/key.h"
#include "policy/policy.h"

struct error;
struct settings;

#define QUESTION_LIST_MAX 64

/* A question and what it borrows. */
struct question {
	struct policy_question q;
	json_t *root;
	json_t *names; /* of the user and the groups, as the machine says */
	struct policy_key_names key;
	unsigned gids[QUESTION_LIST_MAX];
	const char *groups[QUESTION_LIST_MAX];
	const char *ekus[QUESTION_LIST_MAX];
	const char *media_types[QUESTION_LIST_MAX];
	struct policy_question_sum sums[QUESTION_LIST_MAX];
};

/*
 * Fill *out; question_fini() in any case.  The members are those of struct
 * policy_question; all may be left out (docs/policy.md).  Who is not named is
 * the caller of this program; groups are those of the user; whether the token
 * is unattended is in the settings.  ERR_MALFORMED.
 */
int question_read(struct slice text, const struct settings *s,
		  struct question *out, struct error *e) MUST_CHECK;
void question_fini(struct question *q);

#endif
