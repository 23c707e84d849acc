/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: the policy in words, for whoever writes one (signetd(8)).
 */
#include "daemon/explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/writer.h"
#include "broker/settings.h"
#include "daemon/question.h"
#include "policy/policy.h"

#define EXPLAIN_DENIED 1
#define EXPLAIN_NO_QUESTION 2
/* A question of all lists, full. */
#define EXPLAIN_MAX (256u * 1024)
/* LIMIT_RULES rules in words, as JSON. */
#define EXPLAIN_RULES_MAX (4u * 1024 * 1024)
#define EXPLAIN_WORDS_MAX 2048

/* --- the rules ---------------------------------------------------------- */

static void rules_json(const struct settings *s)
{
	struct buf out;
	struct writer j;

	buf_init(&out, EXPLAIN_RULES_MAX);
	j = writer_of(&out);
	writer_open(&j, NULL, '{');
	writer_bool(&j, "builtin", s->policy.rules == s->builtin.rules);
	writer_open(&j, "rules", '[');
	for (unsigned i = 0; i < s->policy.rules_count; i++) {
		const struct policy_rule *r = &s->policy.rules[i];
		char words[EXPLAIN_WORDS_MAX];

		policy_describe(r, words, sizeof(words));
		writer_open(&j, NULL, '{');
		writer_text(&j, "name", r->name);
		writer_text(&j, "outcome", policy_outcome_name(r->outcome));
		writer_text(&j, "words", words);
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	puts(buf_text(&out));
	buf_fini(&out);
}

void explain_rules(const struct settings *s, const char *path, bool json)
{
	size_t width = 0;

	if (json) {
		rules_json(s);
		return;
	}
	printf("%s: ok\n", path);
	if (s->policy.rules == s->builtin.rules)
		puts("no policy: in it, so this one applies:");
	else if (s->policy.rules_count == 0)
		puts("the policy has no rules: nothing is signed");
	for (unsigned i = 0; i < s->policy.rules_count; i++)
		if (strlen(s->policy.rules[i].name) > width)
			width = strlen(s->policy.rules[i].name);
	for (unsigned i = 0; i < s->policy.rules_count; i++) {
		char words[EXPLAIN_WORDS_MAX];

		policy_describe(&s->policy.rules[i], words, sizeof(words));
		printf("%3u  %-*s  %s\n", i + 1, (int)width,
		       s->policy.rules[i].name, words);
	}
}

/* --- a question --------------------------------------------------------- */

static int read_input(struct buf *text, struct error *e)
{
	ssize_t got = 1;

	while (got != 0) {
		uint8_t *at = buf_reserve(text, 4096);

		if (at == NULL)
			return error_set(e, ERR_TOO_LARGE, "a question has at"
					 " most %u bytes", EXPLAIN_MAX);
		got = read(STDIN_FILENO, at, 4096);
		if (got < 0 && errno != EINTR)
			return error_set_errno(e, ERR_IO, errno,
					       "standard input");
		if (got > 0)
			buf_commit(text, (size_t)got);
	}
	return 0;
}

static void verdict_json(const struct policy_verdict *v)
{
	struct buf out;
	struct writer j;

	buf_init(&out, EXPLAIN_RULES_MAX);
	j = writer_of(&out);
	writer_open(&j, NULL, '{');
	writer_text(&j, "outcome", policy_outcome_name(v->outcome));
	writer_text_or_null(&j, "rule", v->rule == NULL ? NULL :
			    v->rule->name);
	writer_text(&j, "explanation", v->explanation);
	writer_close(&j, '}');
	puts(buf_text(&out));
	buf_fini(&out);
}

static int answer(struct slice text, const struct settings *s, bool json,
		  struct error *e)
{
	struct policy_verdict v;
	struct question q;
	int r = question_read(text, s, &q, e);

	if (r == 0) {
		policy_decide(&s->policy, &q.q, &v);
		if (json)
			verdict_json(&v);
		else
			puts(v.explanation);
		r = v.outcome == POLICY_DENY ? EXPLAIN_DENIED : 0;
	}
	question_fini(&q);
	return r;
}

int explain_question(const struct settings *s, bool json)
{
	struct error e;
	struct buf text;
	int r;

	buf_init(&text, EXPLAIN_MAX);
	r = read_input(&text, &e);
	if (r == 0)
		r = answer(buf_slice(&text), s, json, &e);
	buf_fini(&text);
	if (r >= 0)
		return r;
	fprintf(stderr, "signetd: %s\n", e.message);
	return EXPLAIN_NO_QUESTION;
}
