/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authorise: does the policy let this request be signed, and how?
 */
#include "broker/authorise.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/authentication.h"
#include "broker/bank.h"
#include "broker/broker.h"
#include "broker/pairing.h"
#include "content/summary.h"
#include "policy/rate.h"

/* Longer ones do not exist on Linux (useradd: 32). */
#define LIMIT_GROUP_NAME 33u
/* Users times rules that are counted at the same time. */
#define AUTHORISE_COUNTERS 1024u

/* What one rule has let one user have. */
struct authorise_counter {
	SLIST_ENTRY(authorise_counter) entry;
	char *rule;
	uid_t uid;
	struct policy_rate_window window;
};

/* The policy's view of a request, and the arrays that it borrows. */
struct view {
	struct policy_question q;
	struct content_summary summary;
	const char **media_types;
	struct policy_question_sum *sums;
	char groups[CALLER_GROUPS][LIMIT_GROUP_NAME];
	const char *group_names[CALLER_GROUPS];
	const char *ekus[FORMAT_CERTIFICATE_EXT_USAGES];
};

static void view_fini(struct view *v)
{
	content_summary_fini(&v->summary);
	free(v->media_types);
	free(v->sums);
}

/* Names of groups cost a look into a database: only where a rule has any. */
static bool policy_has_groups(const struct policy *p)
{
	for (unsigned i = 0; i < p->rules_count; i++)
		if (p->rules[i].match.group_count > 0)
			return true;
	return false;
}

static void view_groups(struct view *v, const struct caller *c)
{
	const struct group *gr;
	size_t n = 0;

	for (size_t i = 0; i < c->groups_count; i++) {
		gr = getgrgid(c->groups[i]);
		if (gr == NULL || strlen(gr->gr_name) >= LIMIT_GROUP_NAME)
			continue;
		snprintf(v->groups[n], LIMIT_GROUP_NAME, "%s", gr->gr_name);
		v->group_names[n] = v->groups[n];
		n++;
	}
	v->q.groups = v->group_names;
	v->q.groups_count = n;
}

static void view_who(struct view *v, const struct caller *c,
		     const struct policy *p)
{
	struct policy_question *q = &v->q;

	q->uid = c->uid;
	q->user = c->user;
	q->gids = c->groups;
	q->gids_count = c->groups_count;
	if (policy_has_groups(p))
		view_groups(v, c);
	q->exe = c->exe[0] == '\0' ? NULL : c->exe;
	if (c->origin[0] != '\0')
		q->origin = c->origin;
}

static void view_paired(struct view *v, const struct broker *b)
{
	v->q.paired = v->q.origin != NULL &&
		      pairing_stands(b, v->q.uid, v->q.origin);
}

static void view_caller(struct view *v, const struct request *r)
{
	view_who(v, &r->caller, &r->settings->policy);
	/* A program that signs in to a page is taken as that page. */
	if (r->authentication != NULL)
		v->q.origin = r->authentication->origin;
	view_paired(v, r->broker);
}

static void view_key(struct view *v, const struct key *k)
{
	const struct format_certificate *c = k->certificate;
	const struct token *t = k->token;
	struct policy_question *q = &v->q;

	q->token.label = t->wire.label;
	q->token.serial = t->wire.serial;
	q->token.manufacturer = t->wire.manufacturer;
	q->token.model = t->wire.model;
	q->token.unattended = t->settings != NULL && t->settings->unattended;
	q->key.label = k->wire.label;
	q->key.id = k->wire.id;
	if (c == NULL)
		return;
	q->key.issuer = c->issuer;
	for (size_t i = 0; i < c->ext_usage_len; i++)
		v->ekus[i] = c->ext_usage[i];
	q->key.ekus = v->ekus;
	q->key.ekus_count = c->ext_usage_len;
}

/* Each media type once: most batches have one. */
static void view_media_type(struct view *v, const char *type)
{
	size_t *n = &v->q.media_types_count;

	for (size_t i = 0; i < *n; i++)
		if (strcmp(v->media_types[i], type) == 0)
			return;
	v->media_types[(*n)++] = type;
}

static int view_items(struct view *v, const struct request *r,
		      struct error *e)
{
	struct content_summary *s = &v->summary;
	int failed = 0;

	v->media_types = calloc(r->count, sizeof(*v->media_types));
	if (v->media_types == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	for (unsigned i = 0; i < r->count && failed == 0; i++) {
		failed = content_summary_add(s, r->items[i].content, e);
		view_media_type(v, r->items[i].content->media_type);
		if (r->items[i].content->sums_count == 0)
			v->q.amountless = true;
	}
	if (failed != 0)
		return failed;
	v->q.media_types = v->media_types;
	v->q.items = r->count;
	v->q.blind = s->blind > 0;
	v->sums = calloc(s->sums_count + 1, sizeof(*v->sums));
	if (v->sums == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	for (size_t i = 0; i < s->sums_count; i++) {
		v->sums[i].currency = s->sums[i].currency;
		v->sums[i].value = s->sums[i].value;
	}
	v->q.sums = v->sums;
	v->q.sums_count = s->sums_count;
	return 0;
}

bool authorise_sees(const struct broker *b, const struct caller *c,
		    const struct key *k)
{
	struct view v = { .q = { .items = 1 } };

	if (c->origin[0] == '\0')
		return true;
	view_who(&v, c, &b->settings->policy);
	view_paired(&v, b);
	view_key(&v, k);
	return policy_may_use(&b->settings->policy, &v.q);
}

bool authorise_sees_token(const struct broker *b, const struct caller *c,
			  const struct token *t)
{
	if (c->origin[0] == '\0')
		return true;
	for (size_t i = 0; i < t->keys_count; i++)
		if (key_signs(t->keys[i]) && authorise_sees(b, c, t->keys[i]))
			return true;
	return false;
}

/* --- the rate ----------------------------------------------------------- */

static struct authorise_counter *counter_find(struct broker *b,
					      const char *rule, uid_t uid)
{
	struct authorise_counter *c;

	SLIST_FOREACH(c, &b->counters, entry)
		if (c->uid == uid && strcmp(c->rule, rule) == 0)
			break;
	return c;
}

static struct authorise_counter *counter_get(struct broker *b,
					     const char *rule, uid_t uid)
{
	struct authorise_counter *c = counter_find(b, rule, uid);

	if (c != NULL || b->counters_count == AUTHORISE_COUNTERS)
		return c;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->uid = uid;
	c->rule = strdup(rule);
	if (c->rule == NULL) {
		free(c);
		return NULL;
	}
	SLIST_INSERT_HEAD(&b->counters, c, entry);
	b->counters_count++;
	return c;
}

void authorise_forget(struct broker *b)
{
	struct authorise_counter *c;

	while ((c = SLIST_FIRST(&b->counters)) != NULL) {
		SLIST_REMOVE_HEAD(&b->counters, entry);
		free(c->rule);
		free(c);
	}
	b->counters_count = 0;
}

static int authorise_rate(struct request *r, struct error *e)
{
	const struct policy_rule *rule = r->verdict.rule;
	struct authorise_counter *c;
	unsigned wait = 0;

	if (rule->rate == NULL)
		return 0;
	c = counter_get(r->broker, rule->name, r->caller.uid);
	if (c == NULL)
		return error_set(e, ERR_QUOTA, "too many users at a time for"
				 " the rate of rule \"%s\"", rule->name);
	if (policy_rate_take(&c->window, rule->rate, r->count,
			     clock_mono_ns(), &wait))
		return 0;
	if (wait == 0)
		return error_set(e, ERR_QUOTA, "rule \"%s\" allows %u"
				 " signatures in %u s; send fewer at once",
				 rule->name, rule->rate->count,
				 rule->rate->seconds);
	error_set(e, ERR_QUOTA, "rule \"%s\" allows %u signatures in %u s; try"
		  " again in %u s", rule->name, rule->rate->count,
		  rule->rate->seconds, wait);
	e->retry_after = wait;
	return ERR_QUOTA;
}

/* --- the decision ------------------------------------------------------- */

/* Why is told to programs: it names other pages, users and keys. */
static int authorise_deny(const struct request *r, struct error *e)
{
	if (r->caller.origin[0] == '\0')
		return error_set(e, ERR_NOT_ALLOWED, "%s",
				 r->verdict.explanation);
	log_write(LOG_INFO, r->id, "%s", r->verdict.explanation);
	return error_set(e, ERR_NOT_ALLOWED, "the policy of this computer does"
			 " not let %s have this signed with this key",
			 r->caller.origin);
}

static int authorise_decide(struct request *r, struct error *e)
{
	struct view v = { .q = { .format =
				 format_kind_name(r->order.format) } };
	int failed;

	failed = content_summary_init(&v.summary, e);
	if (failed != 0)
		return failed;
	view_caller(&v, r);
	view_key(&v, r->key);
	failed = view_items(&v, r, e);
	if (failed == 0)
		policy_decide(&r->settings->policy, &v.q, &r->verdict);
	view_fini(&v);
	if (failed == 0 && r->verdict.outcome == POLICY_DENY)
		failed = authorise_deny(r, e);
	return failed;
}

bool authorise_would(const struct request *r, const struct key *k,
		     const char *media_type)
{
	struct view v = { .q = { .format =
				 format_kind_name(r->order.format) } };
	struct policy_verdict verdict;

	if (checkpoints_own(r->broker, k))
		return false;
	view_caller(&v, r);
	view_key(&v, k);
	v.q.media_types = &media_type;
	v.q.media_types_count = 1;
	v.q.items = 1;
	v.q.amountless = true;
	policy_decide(&r->settings->policy, &v.q, &verdict);
	return verdict.outcome != POLICY_DENY;
}

/*
 * What a raw signature is over, nobody can tell from it: a page could have it
 * made over what another page takes for a sign-in.
 */
static bool authorise_misused(const struct request *r)
{
	return r->caller.origin[0] != '\0' && r->authentication == NULL &&
	       r->order.format == FORMAT_RAW &&
	       key_has_purpose(r->key, AUTHENTICATION_USAGE);
}

/* A signature by that key is to be a checkpoint and nothing else. */
static int authorise_key(const struct request *r, struct error *e)
{
	if (authorise_misused(r))
		return error_set(e, ERR_NOT_ALLOWED, "key %s signs in (extended"
				 " usage " AUTHENTICATION_USAGE "), so for a"
				 " page it makes no raw signature: ask for cms"
				 " or jws, or by a key for signing",
				 r->key->wire.label);
	if (!checkpoints_own(r->broker, r->key))
		return 0;
	return error_set(e, ERR_NOT_ALLOWED, "key %s signs the checkpoints of"
			 " the evidence and nothing else (evidence: key in"
			 " signetd.conf(5))", r->key->uri);
}

int authorise(struct request *r, struct error *e)
{
	int failed = authorise_key(r, e);

	if (failed == 0)
		failed = authorise_decide(r, e);
	if (failed == 0)
		failed = authorise_rate(r, e);
	return failed != 0 ? failed : bank_check(r, e);
}
