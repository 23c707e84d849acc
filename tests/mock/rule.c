/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.c - parsing of one rule
 *
 * Runs in whatever process loads the mock. Pure. Anything that is not
 * understood is an error: a rule that silently does nothing makes a test that
 * cannot fail.
 */
#include "rule.h"

#include "effect.h"
#include "name.h"

#include <string.h>

struct parser {
	const char *at;
	struct mock_word word;
	const char *why;
};

static int complain(struct parser *p, const char *why)
{
	p->why = why;
	return -1;
}

/* The next word, which must be there. */
static int need(struct parser *p, const char *why)
{
	if (mock_word_next(&p->at, &p->word) != 1)
		return complain(p, why);
	return 0;
}

static int need_number(struct parser *p, const char *why, unsigned long *n)
{
	if (need(p, why) || p->word.quoted ||
	    !mock_name_to_number(p->word.text, n))
		return complain(p, why);
	return 0;
}

static int need_text(struct parser *p, const char *why, char *text)
{
	if (need(p, why) || p->word.len == 0 ||
	    strlen(p->word.text) != p->word.len)
		return complain(p, why);
	memcpy(text, p->word.text, p->word.len + 1);
	return 0;
}

static int parse_when(struct parser *p, struct mock_rule *rule,
		      enum mock_when when)
{
	if (rule->when != MOCK_ALWAYS)
		return complain(p, "more than one of nth, every, from");
	rule->when = when;
	if (need_number(p, "nth, every and from want a number",
			&rule->when_n))
		return -1;
	if (rule->when_n == 0)
		return complain(p, "calls are counted from 1");
	return 0;
}

static int parse_where(struct parser *p, struct mock_rule *rule)
{
	const char *why = "where wants: slot N, token-label \"L\" "
			  "or key-label \"L\"";

	if (need(p, why))
		return -1;
	if (strcmp(p->word.text, "slot") == 0) {
		rule->by_slot = true;
		return need_number(p, why, &rule->slot);
	}
	if (strcmp(p->word.text, "token-label") == 0)
		return need_text(p, why, rule->token);
	if (strcmp(p->word.text, "key-label") == 0)
		return need_text(p, why, rule->key);
	return complain(p, why);
}

/* Leaves the first word that is no condition, the effect, in p->word. */
static int parse_conditions(struct parser *p, struct mock_rule *rule)
{
	for (;;) {
		int rc;

		if (need(p, "effect missing"))
			return -1;
		if (strcmp(p->word.text, "nth") == 0)
			rc = parse_when(p, rule, MOCK_NTH);
		else if (strcmp(p->word.text, "every") == 0)
			rc = parse_when(p, rule, MOCK_EVERY);
		else if (strcmp(p->word.text, "from") == 0)
			rc = parse_when(p, rule, MOCK_FROM);
		else if (strcmp(p->word.text, "where") == 0)
			rc = parse_where(p, rule);
		else if (strcmp(p->word.text, "idle") == 0)
			rc = need_number(p, "idle wants a number",
					 &rule->idle_ms);
		else if (strcmp(p->word.text, "once") == 0)
			rc = need_text(p, "once wants a file", rule->once);
		else
			return 0;
		if (rc)
			return rc;
	}
}

static int parse_flags(struct parser *p, struct mock_arg *arg)
{
	const char *why = "flags wants +CKF_NAME and -CKF_NAME";

	if (need(p, why))
		return -1;
	for (;;) {
		CK_FLAGS flag;
		int rc;

		if (!mock_name_to_flag(p->word.text + 1, &flag))
			return complain(p, why);
		if (p->word.text[0] == '+')
			arg->add |= flag;
		else if (p->word.text[0] == '-')
			arg->remove |= flag;
		else
			return complain(p, why);
		rc = mock_word_next(&p->at, &p->word);
		if (rc < 0)
			return complain(p, why);
		if (rc == 0)
			return 0;
	}
}

static int parse_length(struct parser *p, struct mock_arg *arg)
{
	const char *why = "effect wants N or +N";

	if (need(p, why))
		return -1;
	arg->relative = p->word.text[0] == '+';
	if (!mock_name_to_number(p->word.text + arg->relative, &arg->number))
		return complain(p, why);
	return 0;
}

static int parse_arg(struct parser *p, struct mock_rule *rule)
{
	struct mock_arg *arg = &rule->arg;

	switch (rule->effect->arg) {
	case MOCK_ARG_NONE:
		return 0;
	case MOCK_ARG_NUMBER:
		return need_number(p, "effect wants a number", &arg->number);
	case MOCK_ARG_LENGTH:
		return parse_length(p, arg);
	case MOCK_ARG_TEXT:
		if (need(p, "effect wants \"text\"") || !p->word.quoted)
			return complain(p, "effect wants \"text\"");
		arg->text = p->word;
		return 0;
	case MOCK_ARG_RV:
		if (need(p, "effect wants CKR_NAME or a number") ||
		    !mock_name_to_rv(p->word.text, &arg->number))
			return complain(p, "unknown CKR_ name");
		return 0;
	case MOCK_ARG_FLAGS:
		return parse_flags(p, arg);
	case MOCK_ARG_COUNTER:
		if (need_number(p, "a counter wants N \"file\"",
				&arg->number))
			return -1;
		return need_text(p, "a counter wants N \"file\"",
				 arg->text.text);
	}
	return complain(p, "effect without a way to read its argument");
}

static int parse_effect(struct parser *p, struct mock_rule *rule)
{
	unsigned wanted;

	rule->effect = mock_effect_find(p->word.text);
	if (!rule->effect)
		return complain(p, "unknown condition or effect");
	wanted = rule->effect->need;
	if (wanted && rule->fn != MOCK_ANY &&
	    !(mock_name_traits(rule->fn) & wanted))
		return complain(p, "this function cannot have that effect");
	if (parse_arg(p, rule))
		return -1;
	if (mock_word_next(&p->at, &p->word) != 0)
		return complain(p, "words after the end of the rule");
	return 0;
}

int mock_rule_parse(const char *text, struct mock_rule *rule,
		    const char **why)
{
	struct parser p = { .at = text };
	int rc = mock_word_next(&p.at, &p.word);

	if (rc == 0)
		return 0;
	if (rc < 0)
		complain(&p, "open quote, unknown escape or word too long");
	else if (!mock_name_to_fn(p.word.text, &rule->fn))
		complain(&p, "unknown function");
	else if (parse_conditions(&p, rule) == 0 &&
		 parse_effect(&p, rule) == 0)
		return 1;
	*why = p.why;
	return -1;
}
