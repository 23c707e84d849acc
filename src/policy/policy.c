/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: the decision.
 */
#include "policy/policy.h"

#include <stdio.h>

#include "policy/match.h"
#include "policy/words.h"

static const char *const outcome_names[] = {
	[POLICY_DENY] = "deny",
	[POLICY_ASK] = "ask",
	[POLICY_ALLOW] = "allow",
};

const char *policy_outcome_name(enum policy_outcome outcome)
{
	return outcome_names[outcome];
}

/*
 * A page is a stranger's program: what lets it sign has to name it.  What
 * denies need not.
 */
static bool page_not_named(const struct policy_rule *r,
			   const struct policy_question *q)
{
	return q->origin != NULL && !policy_match_pages(&r->match) &&
	       r->outcome != POLICY_DENY;
}

/* Why a rule that matches denies nevertheless; NULL: it does not. */
static const char *denied_by_option(const struct policy_rule *r,
				    const struct policy_question *q)
{
	if (r->outcome == POLICY_DENY)
		return NULL;
	if (r->outcome == POLICY_ALLOW && !q->token.unattended)
		return "it allows without asking, which is for tokens that are"
		       " configured as unattended only";
	if (r->max_batch != NULL && q->items > *r->max_batch)
		return "the request has more items than its max_batch";
	if (r->bank == NULL)
		return NULL;
	for (size_t i = 0; i < q->media_types_count; i++)
		if (!policy_match_media_type(POLICY_BANK_REQUEST,
					     q->media_types[i]))
			return "it takes only what the bank has signed";
	return q->media_types_count > 0 ? NULL :
	       "it takes only what the bank has signed";
}

static void decide_by(const struct policy_rule *r,
		      const struct policy_question *q, struct policy_words *w,
		      struct policy_verdict *out)
{
	const char *why = denied_by_option(r, q);

	out->outcome = why == NULL ? r->outcome : POLICY_DENY;
	policy_words_put(w, "rule \"%s\" %s: ", r->name,
			 out->outcome == POLICY_ALLOW ? "allows" :
			 out->outcome == POLICY_ASK ? "asks" : "denies");
	if (why != NULL)
		policy_words_put(w, "%s; ", why);
	else if (r->outcome == POLICY_DENY && r->reason != NULL)
		policy_words_put(w, "%s; ", r->reason);
	if (out->outcome != r->outcome && r->max_batch != NULL)
		policy_words_put(w, "%u items of at most %u; ", q->items,
				 *r->max_batch);
	policy_match_explain(&r->match, q, w);
}

static void explain_default(const struct policy *p,
			    const struct policy_question *q,
			    struct policy_words *w)
{
	if (p->rules_count == 0)
		policy_words_put(w, "the policy has no rules, so it is"
				 " denied");
	else
		policy_words_put(w, "no rule matches, so it is denied: ");
	for (unsigned i = 0; i < p->rules_count && !w->full; i++) {
		policy_words_put(w, "%srule %u \"%s\" ", i > 0 ? "; " : "",
				 i + 1, p->rules[i].name);
		if (page_not_named(&p->rules[i], q))
			policy_words_put(w, "names no origin, the caller is"
					 " %s", q->origin);
		else
			policy_match_explain_miss(&p->rules[i].match, q, w);
	}
}

void policy_decide(const struct policy *p, const struct policy_question *q,
		   struct policy_verdict *out)
{
	struct policy_words w = policy_words_of(out->explanation,
						sizeof(out->explanation));

	out->outcome = POLICY_DENY;
	out->rule = NULL;
	out->rule_index = 0;
	for (unsigned i = 0; i < p->rules_count; i++) {
		if (page_not_named(&p->rules[i], q) ||
		    !policy_match_holds(&p->rules[i].match, q))
			continue;
		out->rule = &p->rules[i];
		out->rule_index = i;
		decide_by(out->rule, q, &w, out);
		return;
	}
	explain_default(p, q, &w);
}

bool policy_knows_page(const struct policy *p, const char *origin, bool paired)
{
	const struct policy_question q = { .origin = origin,
					   .paired = paired };

	for (unsigned i = 0; origin != NULL && i < p->rules_count; i++)
		if (p->rules[i].outcome != POLICY_DENY &&
		    policy_match_page(&p->rules[i].match, &q))
			return true;
	return false;
}

/*
 * By the first rule that decides alike whatever is signed: one that could let
 * something be signed, or one that denies all.
 */
bool policy_may_use(const struct policy *p, const struct policy_question *q)
{
	for (unsigned i = 0; i < p->rules_count; i++) {
		const struct policy_rule *r = &p->rules[i];
		bool deny = r->outcome == POLICY_DENY ||
			    (r->outcome == POLICY_ALLOW &&
			     !q->token.unattended);

		if (page_not_named(r, q) ||
		    !policy_match_possible(&r->match, q))
			continue;
		if (!deny)
			return true;
		if (!policy_match_content_given(&r->match))
			return false;
	}
	return false;
}

void policy_builtin(unsigned uid, struct policy_builtin *b)
{
	static char unattended[] = "unattended", ask[] = "ask", root[] = "0";
	const struct policy_match user = { .user = b->users,
					   .user_count = uid == 0 ? 1 : 2 };

	snprintf(b->uid, sizeof(b->uid), "%u", uid);
	b->yes = true;
	b->users[0] = b->uid;
	b->users[1] = root;
	b->rules[0] = (struct policy_rule){
		.name = unattended,
		.match = { .unattended = &b->yes },
		.outcome = POLICY_ALLOW,
	};
	b->rules[1] = (struct policy_rule){
		.name = ask,
		.match = user,
		.outcome = POLICY_ASK,
	};
	b->policy = (struct policy){ .rules = b->rules, .rules_count = 2 };
}
