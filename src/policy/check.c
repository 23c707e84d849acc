/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: what can be wrong in a policy, found before it is in force.
 *
 * What a rule says and can never mean is an error: whoever wrote it believes
 * that it protects.
 */
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/origin.h"
#include "policy/amount.h"
#include "policy/key.h"
#include "policy/match.h"
#include "policy/policy.h"

static const char digits[] = "0123456789";

/* --- values ------------------------------------------------------------- */

static int check_name(const char *name, struct error *e)
{
	if (name[0] == '\0' || strlen(name) >= LIMIT_LABEL)
		return error_set(e, ERR_CONFIG, "a user or group has no name");
	if (strspn(name, digits) == strlen(name) && strlen(name) > 10)
		return error_set(e, ERR_CONFIG,
				 "%s is no number of a user or group", name);
	return 0;
}

static int check_exe(const char *path, struct error *e)
{
	size_t len = strlen(path);

	if (strcmp(path, "/") == 0)
		return error_set(e, ERR_CONFIG, "exe: / is every program;"
				 " leave it out instead");
	if (path[0] == '/' && strstr(path, "//") == NULL &&
	    strstr(path, "/../") == NULL && strstr(path, "/./") == NULL &&
	    (len < 3 || strcmp(path + len - 3, "/..") != 0))
		return 0;
	return error_set(e, ERR_CONFIG, "exe: %s is not the absolute path of a"
			 " program or, with / at its end, of a folder", path);
}

static int check_origin(const char *origin, struct error *e)
{
	if (origin_kind(origin) != ORIGIN_NONE)
		return 0;
	return error_set(e, ERR_CONFIG, "origin: %s is not https://host or"
			 " https://host:port in lower case, without a path, as"
			 " a browser writes it", origin);
}

static int check_issuer(const char *issuer, struct error *e)
{
	if (strchr(issuer, '=') != NULL)
		return 0;
	return error_set(e, ERR_CONFIG, "issuer: %s is neither a whole name"
			 " (RFC 4514) nor CN=...", issuer);
}

static int check_eku(const char *eku, struct error *e)
{
	if (policy_match_eku_known(eku))
		return 0;
	if (strchr(eku, '.') != NULL && eku[0] != '.' &&
	    strspn(eku, "0123456789.") == strlen(eku) &&
	    strstr(eku, "..") == NULL && eku[strlen(eku) - 1] != '.')
		return 0;
	return error_set(e, ERR_CONFIG, "eku: %s is neither a known name, such"
			 " as clientAuth, nor an OID", eku);
}

static int check_format(const char *format, struct error *e)
{
	if (strcmp(format, "raw") == 0 || strcmp(format, "jws") == 0 ||
	    strcmp(format, "cms") == 0)
		return 0;
	return error_set(e, ERR_CONFIG,
			 "format: there is no %s; it can be raw, jws or cms",
			 format);
}

/* type/subtype, or type/ and a star. */
static int check_content(const char *type, struct error *e)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789!#$&^_.+-";
	size_t first = strspn(type, chars);
	const char *second = type[first] == '/' ? type + first + 1 : "";

	if (first > 0 && second[0] != '\0' &&
	    (strcmp(second, "*") == 0 ||
	     strspn(second, chars) == strlen(second)))
		return 0;
	return error_set(e, ERR_CONFIG, "content: %s is not a media type"
			 " without parameters, or one as text/*", type);
}

static int check_sums(const struct policy_match *m, struct error *e)
{
	for (unsigned i = 0; i < m->sum_max_count; i++) {
		const struct policy_sum *s = &m->sum_max[i];

		if (strspn(s->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3 ||
		    s->currency[3] != '\0')
			return error_set(e, ERR_CONFIG, "sum_max: %s is not a"
					 " currency of three capitals",
					 s->currency);
		if (!policy_amount_valid(s->value))
			return error_set(e, ERR_CONFIG, "sum_max: %s is not a"
					 " decimal number of at most %d digits",
					 s->value, POLICY_AMOUNT_DIGITS);
		for (unsigned other = 0; other < i; other++)
			if (strcmp(m->sum_max[other].currency,
				   s->currency) == 0)
				return error_set(e, ERR_CONFIG, "sum_max: %s"
						 " is there twice",
						 s->currency);
	}
	return 0;
}

static int check_list(char *const *list, unsigned count,
		      int (*check)(const char *text, struct error *e),
		      struct error *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < count; i++)
		r = check(list[i], e);
	return r;
}

static int check_values(const struct policy_match *m, struct error *e)
{
	const struct {
		char *const *list;
		unsigned count;
		int (*check)(const char *text, struct error *e);
	} lists[] = {
		{ m->user, m->user_count, check_name },
		{ m->group, m->group_count, check_name },
		{ m->exe, m->exe_count, check_exe },
		{ m->origin, m->origin_count, check_origin },
		{ m->key, m->key_count, policy_key_check },
		{ m->issuer, m->issuer_count, check_issuer },
		{ m->eku, m->eku_count, check_eku },
		{ m->format, m->format_count, check_format },
		{ m->content, m->content_count, check_content },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(lists); i++)
		r = check_list(lists[i].list, lists[i].count, lists[i].check,
			       e);
	if (r == 0 && m->paired != NULL && !*m->paired)
		r = error_set(e, ERR_CONFIG, "paired: false says nothing;"
			      " pages that no rule names are denied anyway");
	if (r == 0 && m->items_max != NULL && *m->items_max == 0)
		r = error_set(e, ERR_CONFIG, "items_max: there is no request"
			      " of 0 items");
	return r != 0 ? r : check_sums(m, e);
}

/* --- what contradicts --------------------------------------------------- */

static int check_match(const struct policy_match *m, struct error *e)
{
	if (m->sum_max_count > 0 && m->blind != NULL && *m->blind)
		return error_set(e, ERR_CONFIG, "sum_max: the amounts of"
				 " content that cannot be shown are not known");
	return check_values(m, e);
}

/* Options that stand where they have no effect. */
static int check_effects(const struct policy_rule *r, struct error *e)
{
	const struct {
		const char *name;
		bool given;
		bool effect;
	} options[] = {
		{ "pin_cache", r->pin_cache > 0, r->outcome == POLICY_ASK },
		{ "reuse_pin", r->reuse_pin, r->outcome == POLICY_ASK },
		{ "supervisor", r->supervisor != NULL,
		  r->outcome == POLICY_ASK },
		{ "rate", r->rate != NULL, r->outcome != POLICY_DENY },
		{ "max_batch", r->max_batch != NULL,
		  r->outcome != POLICY_DENY },
		{ "bank", r->bank != NULL, r->outcome != POLICY_DENY },
		{ "reason", r->reason != NULL, r->outcome == POLICY_DENY },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (options[i].given && !options[i].effect)
			return error_set(e, ERR_CONFIG, "%s has no effect with"
					 " outcome: %s", options[i].name,
					 policy_outcome_name(r->outcome));
	return 0;
}

static int check_numbers(const struct policy_rule *r, struct error *e)
{
	if (r->pin_cache > POLICY_PIN_CACHE_MAX)
		return error_set(e, ERR_CONFIG, "pin_cache is %u; it can be 0"
				 " to %u seconds", r->pin_cache,
				 POLICY_PIN_CACHE_MAX);
	if (r->max_batch != NULL &&
	    (*r->max_batch == 0 || *r->max_batch > LIMIT_BATCH))
		return error_set(e, ERR_CONFIG, "max_batch is %u; it can be 1"
				 " to %u", *r->max_batch, LIMIT_BATCH);
	if (r->rate != NULL && (r->rate->count == 0 ||
				r->rate->count > POLICY_RATE_COUNT_MAX ||
				r->rate->seconds == 0 ||
				r->rate->seconds > POLICY_RATE_SECONDS_MAX))
		return error_set(e, ERR_CONFIG, "rate is %u in %u seconds; it"
				 " can be 1 to %u in 1 to %u seconds",
				 r->rate->count, r->rate->seconds,
				 POLICY_RATE_COUNT_MAX,
				 POLICY_RATE_SECONDS_MAX);
	return 0;
}

static bool bank_content_listed(const struct policy_match *m)
{
	for (unsigned i = 0; i < m->content_count; i++)
		if (policy_match_media_type(m->content[i],
					    POLICY_BANK_REQUEST))
			return true;
	return m->content_count == 0;
}

static int check_bank(const struct policy_rule *r, struct error *e)
{
	if ((r->bank == NULL) != (r->bank_issuer == NULL) ||
	    (r->bank == NULL) != (r->audience == NULL))
		return error_set(e, ERR_CONFIG, "bank, bank_issuer and"
				 " audience are given together or not at all");
	if (r->bank == NULL)
		return 0;
	if (r->bank[0] != '/')
		return error_set(e, ERR_CONFIG, "bank: %s is not an absolute"
				 " path", r->bank);
	if (!bank_content_listed(&r->match))
		return error_set(e, ERR_CONFIG, "content does not list "
				 POLICY_BANK_REQUEST ", and bank wants"
				 " nothing else");
	return 0;
}

static int check_rule(const struct policy_rule *r, struct error *e)
{
	int n = check_match(&r->match, e);

	if (n == 0)
		n = check_effects(r, e);
	if (n == 0)
		n = check_numbers(r, e);
	if (n == 0)
		n = check_bank(r, e);
	if (n == 0 && r->supervisor != NULL) {
		n = policy_key_check(r->supervisor, e);
		if (n != 0)
			error_prefix(e, "supervisor: ");
	}
	if (n == 0 && r->outcome == POLICY_ALLOW &&
	    r->match.unattended != NULL && !*r->match.unattended)
		n = error_set(e, ERR_CONFIG, "allow is for tokens that are"
			      " configured as unattended; unattended: false"
			      " excludes them");
	/* The dialog that allows a page says that each signature is asked. */
	if (n == 0 && r->outcome == POLICY_ALLOW && r->match.paired != NULL)
		n = error_set(e, ERR_CONFIG, "a page that the user has allowed"
			      " is asked about each signature: outcome: ask,"
			      " or name its origin without paired");
	return n;
}

/* --- the whole ---------------------------------------------------------- */

/* Does nothing that r is about come behind the rule before it? */
static bool hides(const struct policy_rule *before,
		  const struct policy_rule *r)
{
	return !policy_match_given(&before->match) &&
	       (before->outcome == POLICY_DENY ||
		!policy_match_pages(&r->match));
}

/* Is the name free, and can a request come as far as this rule? */
static int check_place(const struct policy *p, unsigned i, struct error *e)
{
	const struct policy_rule *r = &p->rules[i];

	if (r->name[0] == '\0' || strlen(r->name) >= LIMIT_LABEL)
		return error_set(e, ERR_CONFIG, "it has no name");
	for (unsigned other = 0; other < i; other++) {
		if (strcmp(p->rules[other].name, r->name) == 0)
			return error_set(e, ERR_CONFIG, "rule %u has the same"
					 " name", other + 1);
		if (hides(&p->rules[other], r))
			return error_set(e, ERR_CONFIG, "it is never reached:"
					 " rule %u \"%s\" has no conditions",
					 other + 1, p->rules[other].name);
	}
	return 0;
}

int policy_check(const struct policy *p, struct error *e)
{
	int r = 0;

	if (p->rules_count > LIMIT_RULES)
		return error_set(e, ERR_CONFIG, "policy: %u rules; it can have"
				 " %u", p->rules_count, LIMIT_RULES);
	for (unsigned i = 0; r == 0 && i < p->rules_count; i++) {
		r = check_place(p, i, e);
		if (r == 0)
			r = check_rule(&p->rules[i], e);
		if (r != 0) {
			e->code = ERR_CONFIG;
			error_prefix(e, "policy: rule %u \"%s\": ", i + 1,
				     p->rules[i].name);
			return ERR_CONFIG;
		}
	}
	return r;
}
