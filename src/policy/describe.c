/* SPDX-License-Identifier: Apache-2.0 */
/*
 * describe: a rule in words, for whoever reads a policy.
 */
#include "policy/match.h"
#include "policy/policy.h"
#include "policy/words.h"

static void describe_list(struct policy_words *w, const char *what,
			  char *const *list, unsigned count)
{
	if (count == 0)
		return;
	policy_words_put(w, "%s%s ", w->len > 0 ? "; " : "", what);
	policy_words_any(w, list, count);
}

static void describe_limits(struct policy_words *w,
			    const struct policy_match *m)
{
	if (m->items_max != NULL)
		policy_words_put(w, "%sat most %u items",
				 w->len > 0 ? "; " : "", *m->items_max);
	for (unsigned i = 0; i < m->sum_max_count; i++)
		policy_words_put(w, "%s%s %s", i > 0 ? ", " :
				 w->len > 0 ? "; at most " : "at most ",
				 m->sum_max[i].currency, m->sum_max[i].value);
}

void policy_match_describe(const struct policy_match *m,
			   struct policy_words *w)
{
	describe_list(w, "user", m->user, m->user_count);
	describe_list(w, "group", m->group, m->group_count);
	describe_list(w, "program", m->exe, m->exe_count);
	describe_list(w, "origin", m->origin, m->origin_count);
	if (m->paired != NULL)
		policy_words_put(w, "%spages that the user has allowed",
				 w->len > 0 ? "; " : "");
	describe_list(w, "key", m->key, m->key_count);
	describe_list(w, "issuer", m->issuer, m->issuer_count);
	describe_list(w, "usage", m->eku, m->eku_count);
	describe_list(w, "format", m->format, m->format_count);
	describe_list(w, "content", m->content, m->content_count);
	if (m->blind != NULL)
		policy_words_put(w, "%scontent that %s be shown",
				 w->len > 0 ? "; " : "",
				 *m->blind ? "cannot" : "can");
	if (m->unattended != NULL)
		policy_words_put(w, "%s%s token", w->len > 0 ? "; " : "",
				 *m->unattended ? "unattended" : "attended");
	describe_limits(w, m);
}

static void describe_options(struct policy_words *w,
			     const struct policy_rule *r)
{
	if (r->bank != NULL)
		policy_words_put(w, ", signed by the bank (%s)", r->bank);
	if (r->supervisor != NULL)
		policy_words_put(w, ", and a second person (%s)",
				 r->supervisor);
	if (r->pin_cache > 0)
		policy_words_put(w, ", PIN kept %u s", r->pin_cache);
	if (r->reuse_pin)
		policy_words_put(w, ", one PIN for a batch");
	if (r->max_batch != NULL)
		policy_words_put(w, ", at most %u at a time", *r->max_batch);
	if (r->rate != NULL)
		policy_words_put(w, ", at most %u in %u s", r->rate->count,
				 r->rate->seconds);
	if (r->reason != NULL)
		policy_words_put(w, ": %s", r->reason);
}

void policy_describe(const struct policy_rule *r, char *out, size_t size)
{
	struct policy_words w = policy_words_of(out, size);

	policy_match_describe(&r->match, &w);
	if (w.len == 0)
		policy_words_put(&w, r->outcome == POLICY_DENY ?
				 "everything" : "every program");
	policy_words_put(&w, " -> %s", policy_outcome_name(r->outcome));
	describe_options(&w, r);
}
