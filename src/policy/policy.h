/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: who may have what signed, and who is asked before.
 *
 * Rules in order; the first whose conditions all hold decides, and what no
 * rule matches is denied.  A decision is a pure function of the policy and the
 * question, and says in words why it is as it is.
 *
 * The structs of rules are plain data as libcyaml fills them from signetd.yaml
 * (signetd.conf(5), docs/policy.md): a list of count 0, and a NULL pointer, is
 * a condition that was not given.
 */
#ifndef SIGNET_POLICY_POLICY_H
#define SIGNET_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;

enum policy_outcome { POLICY_DENY, POLICY_ASK, POLICY_ALLOW };

/* The media type of a request that a bank has signed. */
#define POLICY_BANK_REQUEST "application/vnd.signet.request+jws"

#define POLICY_PIN_CACHE_MAX 3600u /* seconds: an hour at the desk */
#define POLICY_RATE_SECONDS_MAX 86400u
#define POLICY_RATE_COUNT_MAX 1000000u

/* At most this much of one currency: an exact decimal. */
struct policy_sum {
	char *currency; /* ISO 4217: three capitals */
	char *value;
};

/* All that are given have to hold; of a list any one. */
struct policy_match {
	char **user; /* names, or numbers */
	unsigned user_count;
	char **group; /* names, or numbers */
	unsigned group_count;
	char **exe; /* absolute; one that ends in / is a folder */
	unsigned exe_count;
	/* https://host[:port], as a browser writes it (base/origin.h).
	 * Without it, or paired, a rule that asks or allows is for programs,
	 * not for pages. */
	char **origin;
	unsigned origin_count;
	bool *paired; /* pages whose origin the user has allowed */
	char **key; /* PKCS#11 URIs */
	unsigned key_count;
	char **issuer; /* the whole name by RFC 4514, or CN=... of it */
	unsigned issuer_count;
	char **eku; /* clientAuth, ... or dotted OIDs */
	unsigned eku_count;
	char **format; /* raw, jws, cms */
	unsigned format_count;
	char **content; /* media types; a * may stand behind the slash */
	unsigned content_count;
	bool *blind;
	bool *unattended;	    /* the token */
	unsigned *items_max;	    /* of one request */
	struct policy_sum *sum_max; /* no other currency, nothing blind */
	unsigned sum_max_count;
};

struct policy_rate {
	unsigned count;	  /* signatures */
	unsigned seconds; /* in any so many seconds */
};

struct policy_rule {
	char *name; /* unique */
	struct policy_match match;
	enum policy_outcome outcome;
	unsigned pin_cache;	  /* seconds a login is kept; ask */
	struct policy_rate *rate; /* ask, allow; rate.h counts */
	unsigned *max_batch;	  /* items; more are denied */
	char *supervisor;  /* URI of the second person's key; ask */
	bool reuse_pin;	   /* one PIN for a batch of always-authenticate */
	char *bank;	   /* PEM file: only what is signed by it */
	char *bank_issuer; /* "iss" that such a request has */
	char *audience;	   /* "aud" that such a request has */
	char *reason;	   /* told to the caller; deny */
};

struct policy {
	struct policy_rule *rules;
	unsigned rules_count;
};

/* What applies without `policy:` in the configuration. */
struct policy_builtin {
	struct policy policy;
	struct policy_rule rules[2];
	bool yes;
	char *users[2];
	char uid[12];
};

/* Who asks, for what.  Borrowed; texts that are not known are NULL. */
struct policy_question {
	unsigned uid;
	const char *user; /* name of uid */
	const unsigned *gids;
	size_t gids_count;
	const char *const *groups; /* names, of any number of gids */
	size_t groups_count;
	const char *exe;
	const char *origin; /* NULL: a program asks, no page */
	bool paired;	    /* the user has allowed that origin */
	struct {
		const char *label;
		const char *serial;
		const char *manufacturer;
		const char *model;
		bool unattended;
	} token;
	struct {
		const char *label;
		struct slice id;
		const char *issuer; /* DN of the certificate, RFC 4514 */
		const char *const *ekus;
		size_t ekus_count;
	} key;
	const char *format; /* "raw", "jws", "cms" */
	/* Of all items, each once: every one of them has to match. */
	const char *const *media_types;
	size_t media_types_count;
	bool blind;	/* any item cannot be shown */
	bool amountless; /* any item states no amount */
	unsigned items; /* 1, or those of a batch */
	/* Totals of the request, a currency each. */
	const struct policy_question_sum {
		const char *currency;
		const char *value; /* exact decimal */
	} *sums;
	size_t sums_count;
};

#define POLICY_EXPLANATION_MAX 1024

struct policy_verdict {
	enum policy_outcome outcome;
	const struct policy_rule *rule; /* NULL: none matched; borrowed */
	unsigned rule_index;		/* from 0; of rule */
	/* Which rule and why; without a rule, what each of them misses. */
	char explanation[POLICY_EXPLANATION_MAX];
};

/*
 * The verdict.  Besides the rule's outcome there is a deny by the rule where
 * it allows without asking and the token is not configured as unattended,
 * where the request has more items than its max_batch, and where it wants the
 * bank's signature and the content is no such request.  What the rule counts
 * over time (rate), and the bank's signature itself, is the caller's to check.
 */
void policy_decide(const struct policy *p, const struct policy_question *q,
		   struct policy_verdict *out);

/*
 * May this page speak to us at all: is there a rule that asks or allows and
 * names its origin, or what is paired if it is?  False for what is no page.
 */
bool policy_knows_page(const struct policy *p, const char *origin,
		       bool paired) MUST_CHECK;

/*
 * Could anything be signed for who asks, with that key?  Looks at the caller,
 * token and key of the question only.
 */
bool policy_may_use(const struct policy *p, const struct policy_question *q)
	MUST_CHECK;

/*
 * ERR_CONFIG, with the rule's name, for all that can be wrong in a policy:
 * values that mean nothing, options that contradict each other or can never
 * have an effect, a rule that no request can reach.
 */
int policy_check(const struct policy *p, struct error *e) MUST_CHECK;

/*
 * Tokens that are configured as unattended sign without asking; for all
 * others that user, and root, is asked.  b has to stay where it is.
 */
void policy_builtin(unsigned uid, struct policy_builtin *b);

/* "deny", "ask", "allow". */
const char *policy_outcome_name(enum policy_outcome outcome);

/*
 * A rule in words, one line, into out[size]: its conditions, then what it
 * does.  What does not fit ends in "...".
 */
void policy_describe(const struct policy_rule *r, char *out, size_t size);

#endif
