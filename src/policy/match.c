/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match: the conditions of a rule, one by one.
 *
 * Each condition is a function that says whether it holds and, where somebody
 * wants to know, in words what holds or what it misses.
 */
#include "policy/match.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "policy/amount.h"
#include "policy/key.h"
#include "policy/policy.h"
#include "policy/words.h"

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool same_number(const char *text, unsigned n)
{
	char number[12];

	snprintf(number, sizeof(number), "%u", n);
	return strcmp(text, number) == 0;
}

/* "wants WHAT a or b, " and then what there is. */
static void wants(struct policy_words *w, const char *what, char *const *list,
		  unsigned count)
{
	policy_words_put(w, "wants %s ", what);
	policy_words_any(w, list, count);
	policy_words_put(w, ", ");
}

static const char *or_none(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : "(unknown)";
}

/* --- who ---------------------------------------------------------------- */

static bool match_user(const struct policy_match *m,
		       const struct policy_question *q, struct policy_words *w)
{
	for (unsigned i = 0; i < m->user_count; i++)
		if (same(m->user[i], q->user) ||
		    same_number(m->user[i], q->uid)) {
			policy_words_put(w, "user %s", m->user[i]);
			return true;
		}
	wants(w, "user", m->user, m->user_count);
	if (q->user != NULL)
		policy_words_put(w, "the caller is %s", q->user);
	else
		policy_words_put(w, "the caller is user %u", q->uid);
	return false;
}

static bool in_group(const char *group, const struct policy_question *q)
{
	for (size_t i = 0; i < q->groups_count; i++)
		if (same(group, q->groups[i]))
			return true;
	for (size_t i = 0; i < q->gids_count; i++)
		if (same_number(group, q->gids[i]))
			return true;
	return false;
}

static bool match_group(const struct policy_match *m,
			const struct policy_question *q,
			struct policy_words *w)
{
	for (unsigned i = 0; i < m->group_count; i++)
		if (in_group(m->group[i], q)) {
			policy_words_put(w, "group %s", m->group[i]);
			return true;
		}
	wants(w, "group", m->group, m->group_count);
	policy_words_put(w, "the caller is in none of them");
	return false;
}

/* One that ends in / is a folder, whatever is below. */
static bool exe_is(const char *rule, const char *exe)
{
	size_t len = strlen(rule);

	if (exe == NULL || len == 0)
		return false;
	return rule[len - 1] == '/' ? strncmp(rule, exe, len) == 0 :
				      strcmp(rule, exe) == 0;
}

static bool match_exe(const struct policy_match *m,
		      const struct policy_question *q, struct policy_words *w)
{
	for (unsigned i = 0; i < m->exe_count; i++)
		if (exe_is(m->exe[i], q->exe)) {
			policy_words_put(w, "program %s", q->exe);
			return true;
		}
	wants(w, "program", m->exe, m->exe_count);
	policy_words_put(w, "this is %s", or_none(q->exe));
	return false;
}

static bool match_origin(const struct policy_match *m,
			 const struct policy_question *q,
			 struct policy_words *w)
{
	for (unsigned i = 0; i < m->origin_count; i++)
		if (same(m->origin[i], q->origin)) {
			policy_words_put(w, "origin %s", q->origin);
			return true;
		}
	wants(w, "origin", m->origin, m->origin_count);
	policy_words_put(w, "the caller is %s", q->origin != NULL ? q->origin :
			 "a program");
	return false;
}

static bool match_paired(const struct policy_match *m,
			 const struct policy_question *q,
			 struct policy_words *w)
{
	bool holds = q->origin != NULL && q->paired == *m->paired;

	policy_words_put(w, holds ? "page %s, which the user has allowed" :
			 "wants a page that the user has allowed, the caller"
			 " is %s", q->origin != NULL ? q->origin :
			 "a program");
	return holds;
}

bool policy_match_pages(const struct policy_match *m)
{
	return m->origin_count > 0 || (m->paired != NULL && *m->paired);
}

bool policy_match_page(const struct policy_match *m,
		       const struct policy_question *q)
{
	return policy_match_pages(m) &&
	       (m->origin_count == 0 || match_origin(m, q, NULL)) &&
	       (m->paired == NULL || match_paired(m, q, NULL));
}

/* --- with which key ----------------------------------------------------- */

static bool match_key(const struct policy_match *m,
		      const struct policy_question *q, struct policy_words *w)
{
	for (unsigned i = 0; i < m->key_count; i++)
		if (policy_key_matches(m->key[i], q)) {
			policy_words_put(w, "key %s", m->key[i]);
			return true;
		}
	wants(w, "key", m->key, m->key_count);
	policy_words_put(w, "this is key %s of token %s",
			 or_none(q->key.label), or_none(q->token.label));
	return false;
}

/* The end of one part of a name: at a comma or plus that is not escaped. */
static size_t part_len(const char *dn)
{
	size_t len = 0;

	while (dn[len] != '\0' && dn[len] != ',' && dn[len] != '+')
		len += dn[len] == '\\' && dn[len + 1] != '\0' ? 2 : 1;
	return len;
}

/* The whole name, or "CN=..." as a part of it. */
static bool issuer_is(const char *rule, const char *dn)
{
	size_t wanted = strlen(rule);

	if (same(rule, dn))
		return true;
	if (dn == NULL || strncmp(rule, "CN=", 3) != 0 ||
	    part_len(rule) != wanted)
		return false;
	while (*dn != '\0') {
		size_t len = part_len(dn);

		if (len == wanted && strncmp(rule, dn, len) == 0)
			return true;
		dn += len;
		dn += *dn != '\0';
	}
	return false;
}

static bool match_issuer(const struct policy_match *m,
			 const struct policy_question *q,
			 struct policy_words *w)
{
	for (unsigned i = 0; i < m->issuer_count; i++)
		if (issuer_is(m->issuer[i], q->key.issuer)) {
			policy_words_put(w, "issuer %s", m->issuer[i]);
			return true;
		}
	wants(w, "issuer", m->issuer, m->issuer_count);
	if (q->key.issuer == NULL || q->key.issuer[0] == '\0')
		policy_words_put(w, "the key has no certificate");
	else
		policy_words_put(w, "the certificate is of %s", q->key.issuer);
	return false;
}

/* Certificates are read with OpenSSL's names where it has one. */
static int eku_nid(const char *text)
{
	int nid;

	ERR_set_mark();
	nid = OBJ_txt2nid(text);
	ERR_pop_to_mark();
	return nid;
}

bool policy_match_eku_known(const char *name)
{
	return eku_nid(name) != NID_undef;
}

static bool has_eku(const char *eku, const struct policy_question *q)
{
	int nid = eku_nid(eku);

	for (size_t i = 0; i < q->key.ekus_count; i++)
		if (same(eku, q->key.ekus[i]) ||
		    (nid != NID_undef && nid == eku_nid(q->key.ekus[i])))
			return true;
	return false;
}

static bool match_eku(const struct policy_match *m,
		      const struct policy_question *q, struct policy_words *w)
{
	for (unsigned i = 0; i < m->eku_count; i++)
		if (has_eku(m->eku[i], q)) {
			policy_words_put(w, "usage %s", m->eku[i]);
			return true;
		}
	wants(w, "usage", m->eku, m->eku_count);
	policy_words_put(w, "the certificate does not have it");
	return false;
}

static bool match_unattended(const struct policy_match *m,
			     const struct policy_question *q,
			     struct policy_words *w)
{
	bool holds = *m->unattended == q->token.unattended;

	if (!holds)
		policy_words_put(w, "wants %s token, ", *m->unattended ?
				 "an unattended" : "an attended");
	policy_words_put(w, "token %s is %s", or_none(q->token.label),
			 q->token.unattended ? "unattended" : "attended");
	return holds;
}

/* --- what --------------------------------------------------------------- */

static bool match_format(const struct policy_match *m,
			 const struct policy_question *q,
			 struct policy_words *w)
{
	for (unsigned i = 0; i < m->format_count; i++)
		if (same(m->format[i], q->format)) {
			policy_words_put(w, "format %s", q->format);
			return true;
		}
	wants(w, "format", m->format, m->format_count);
	policy_words_put(w, "this is %s", or_none(q->format));
	return false;
}

bool policy_match_media_type(const char *pattern, const char *type)
{
	size_t wanted = strlen(pattern), len;

	if (type == NULL)
		return false;
	len = strcspn(type, "; \t");
	if (wanted > 2 && strcmp(pattern + wanted - 2, "/*") == 0)
		return len >= wanted &&
		       strncasecmp(pattern, type, wanted - 1) == 0;
	return len == wanted && strncasecmp(pattern, type, len) == 0;
}

static bool content_listed(const struct policy_match *m, const char *type)
{
	for (unsigned i = 0; i < m->content_count; i++)
		if (policy_match_media_type(m->content[i], type))
			return true;
	return false;
}

static bool match_content(const struct policy_match *m,
			  const struct policy_question *q,
			  struct policy_words *w)
{
	const char *other = NULL;

	for (size_t i = 0; other == NULL && i < q->media_types_count; i++)
		if (!content_listed(m, q->media_types[i]))
			other = or_none(q->media_types[i]);
	if (other == NULL && q->media_types_count > 0) {
		policy_words_put(w, "content %s", q->media_types[0]);
		return true;
	}
	wants(w, "content", m->content, m->content_count);
	policy_words_put(w, "this is %s", or_none(other));
	return false;
}

static bool match_blind(const struct policy_match *m,
			const struct policy_question *q,
			struct policy_words *w)
{
	bool holds = *m->blind == q->blind;

	if (!holds)
		policy_words_put(w, "wants content that %s be shown, this %s",
				 *m->blind ? "cannot" : "can",
				 q->blind ? "cannot" : "can");
	else
		policy_words_put(w, "content that %s be shown",
				 q->blind ? "cannot" : "can");
	return holds;
}

static bool match_items_max(const struct policy_match *m,
			    const struct policy_question *q,
			    struct policy_words *w)
{
	bool holds = q->items <= *m->items_max;

	policy_words_put(w, holds ? "%u of at most %u items" :
			 "%u items are more than %u", q->items,
			 *m->items_max);
	return holds;
}

static const char *sum_limit(const struct policy_match *m,
			     const char *currency)
{
	for (unsigned i = 0; i < m->sum_max_count; i++)
		if (same(m->sum_max[i].currency, currency))
			return m->sum_max[i].value;
	return NULL;
}

static bool sum_within(const struct policy_match *m,
		       const struct policy_question_sum *sum,
		       struct policy_words *w)
{
	const char *limit = sum_limit(m, sum->currency);

	if (limit == NULL) {
		policy_words_put(w, "has no limit for %s",
				 or_none(sum->currency));
		return false;
	}
	if (!policy_amount_valid(sum->value) || !policy_amount_valid(limit)) {
		policy_words_put(w, "finds no amount in %s %s", sum->currency,
				 or_none(sum->value));
		return false;
	}
	if (policy_amount_compare(sum->value, limit) <= 0)
		return true;
	policy_words_put(w, "allows %s %s, this is %s", sum->currency, limit,
			 sum->value);
	return false;
}

/* Whose sum is not known may have any: it is within no limit. */
static bool match_sum_max(const struct policy_match *m,
			  const struct policy_question *q,
			  struct policy_words *w)
{
	if (q->blind || q->amountless || q->sums_count == 0) {
		policy_words_put(w, "limits amounts, this content %s",
				 q->blind ? "cannot be shown" : "states none");
		return false;
	}
	for (size_t i = 0; i < q->sums_count; i++)
		if (!sum_within(m, &q->sums[i], w))
			return false;
	for (size_t i = 0; i < q->sums_count; i++)
		policy_words_put(w, "%s%s %s of at most %s", i > 0 ? ", " : "",
				 q->sums[i].currency, q->sums[i].value,
				 sum_limit(m, q->sums[i].currency));
	return true;
}

/* --- all ---------------------------------------------------------------- */

/* Cheap ones first; a URI is parsed. */
static const struct condition {
	size_t given; /* offset of a count or pointer that is not 0 */
	size_t given_size;
	bool (*holds)(const struct policy_match *m,
		      const struct policy_question *q, struct policy_words *w);
	bool content; /* about what is signed, not who asks with which key */
} conditions[] = {
#define CONDITION(member, function, content)            \
	{ offsetof(struct policy_match, member),         \
	  sizeof(((struct policy_match *)NULL)->member), \
	  function, content }
	CONDITION(user_count, match_user, false),
	CONDITION(group_count, match_group, false),
	CONDITION(exe_count, match_exe, false),
	CONDITION(origin_count, match_origin, false),
	CONDITION(paired, match_paired, false),
	CONDITION(unattended, match_unattended, false),
	CONDITION(format_count, match_format, true),
	CONDITION(content_count, match_content, true),
	CONDITION(blind, match_blind, true),
	CONDITION(items_max, match_items_max, true),
	CONDITION(sum_max_count, match_sum_max, true),
	CONDITION(issuer_count, match_issuer, false),
	CONDITION(eku_count, match_eku, false),
	CONDITION(key_count, match_key, false),
#undef CONDITION
};

static bool given(const struct policy_match *m, const struct condition *c)
{
	static const unsigned char nothing[sizeof(void *)];

	return memcmp((const char *)m + c->given, nothing, c->given_size) != 0;
}

static const struct condition *first_miss(const struct policy_match *m,
					  const struct policy_question *q)
{
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		if (given(m, &conditions[i]) &&
		    !conditions[i].holds(m, q, NULL))
			return &conditions[i];
	return NULL;
}

bool policy_match_holds(const struct policy_match *m,
			const struct policy_question *q)
{
	return first_miss(m, q) == NULL;
}

bool policy_match_given(const struct policy_match *m)
{
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		if (given(m, &conditions[i]))
			return true;
	return false;
}

bool policy_match_content_given(const struct policy_match *m)
{
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		if (conditions[i].content && given(m, &conditions[i]))
			return true;
	return false;
}

bool policy_match_possible(const struct policy_match *m,
			   const struct policy_question *q)
{
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++)
		if (!conditions[i].content && given(m, &conditions[i]) &&
		    !conditions[i].holds(m, q, NULL))
			return false;
	return true;
}

void policy_match_explain(const struct policy_match *m,
			  const struct policy_question *q,
			  struct policy_words *w)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		if (!given(m, &conditions[i]))
			continue;
		if (!first)
			policy_words_put(w, ", ");
		conditions[i].holds(m, q, w);
		first = false;
	}
	if (first)
		policy_words_put(w, "it has no conditions");
}

void policy_match_explain_miss(const struct policy_match *m,
			       const struct policy_question *q,
			       struct policy_words *w)
{
	const struct condition *miss = first_miss(m, q);

	if (miss != NULL)
		miss->holds(m, q, w);
}
