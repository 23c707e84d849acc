/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_policy: which rule decides, and how it is explained.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "rules.h"

static struct policy_question q;
static struct policy_verdict v;

static int ask(void **state)
{
	q = payment();
	memset(&v, 'x', sizeof(v));
	return 0;
}

static enum policy_outcome decide(struct policy_rule *rules, unsigned count)
{
	const struct policy p = { .rules = rules, .rules_count = count };

	policy_decide(&p, &q, &v);
	return v.outcome;
}

#define BY(...)                                                             \
	decide((struct policy_rule[]){ __VA_ARGS__ },                        \
	       sizeof((struct policy_rule[]){ __VA_ARGS__ }) /               \
	       sizeof(struct policy_rule))
#define FOR(who) .match = { .user = ONE(who), .user_count = 1 }
#define FOR_PAGE(what)                                                      \
	{ .match = { .origin = ONE("https://good.example"),                  \
		     .origin_count = 1 },                                    \
	  .outcome = (what) }

static void the_first_that_matches_decides(void **state)
{
	assert_int_equal(BY({ TEXT("a"), FOR("bob"), POLICY_DENY },
			    { TEXT("b"), FOR("alice"), POLICY_ASK },
			    { TEXT("c"), FOR("alice"), POLICY_DENY }),
			 POLICY_ASK);
	assert_int_equal(v.rule_index, 1);
	assert_string_equal(v.rule->name, "b");
	assert_string_equal(v.explanation, "rule \"b\" asks: user alice");
	assert_int_equal(BY({ TEXT("c"), FOR("alice"), POLICY_DENY },
			    { TEXT("b"), FOR("alice"), POLICY_ASK }),
			 POLICY_DENY);
	assert_int_equal(v.rule_index, 0);
}

static void no_match_is_a_no(void **state)
{
	assert_int_equal(BY({ TEXT("a"), FOR("bob"), POLICY_ASK },
			    { .name = TEXT("b"),
			      .match = { .origin = ONE("https://b.example"),
					 .origin_count = 1 },
			      .outcome = POLICY_ALLOW }),
			 POLICY_DENY);
	assert_null(v.rule);
	assert_string_equal(v.explanation,
			    "no rule matches, so it is denied: rule 1 \"a\""
			    " wants user bob, the caller is alice; rule 2"
			    " \"b\" wants origin https://b.example, the caller"
			    " is a program");
}

static void no_rules_allow_nothing(void **state)
{
	assert_int_equal(decide(NULL, 0), POLICY_DENY);
	assert_null(v.rule);
	assert_string_equal(v.explanation,
			    "the policy has no rules, so it is denied");
}

static void a_page_has_to_be_named(void **state)
{
	q.origin = "https://evil.example";
	assert_int_equal(BY({ TEXT("a"), FOR("alice"), POLICY_ASK },
			    { .name = TEXT("b"), .outcome = POLICY_ASK }),
			 POLICY_DENY);
	assert_null(v.rule);
	assert_string_equal(v.explanation,
			    "no rule matches, so it is denied: rule 1 \"a\""
			    " names no origin, the caller is"
			    " https://evil.example; rule 2 \"b\" names no"
			    " origin, the caller is https://evil.example");
	q.token.unattended = true;
	assert_int_equal(BY({ .name = TEXT("a"), .outcome = POLICY_ALLOW }),
			 POLICY_DENY);
	q.origin = "https://good.example";
	assert_int_equal(BY({ .name = TEXT("a"), .outcome = POLICY_ASK,
			      .match = { .origin = ONE("https://good.example"),
					 .origin_count = 1 } }), POLICY_ASK);
}

static void a_paired_page_needs_a_rule_for_paired_pages(void **state)
{
	q.origin = "https://shop.example";
	assert_int_equal(BY({ .name = TEXT("a"), .outcome = POLICY_ASK,
			      .match = { .paired = YES } }), POLICY_DENY);
	assert_string_equal(v.explanation,
			    "no rule matches, so it is denied: rule 1 \"a\""
			    " wants a page that the user has allowed, the"
			    " caller is https://shop.example");
	q.paired = true;
	assert_int_equal(BY({ .name = TEXT("a"), .outcome = POLICY_ASK }),
			 POLICY_DENY);
	assert_int_equal(BY({ .name = TEXT("a"), .outcome = POLICY_ASK,
			      .match = { .paired = YES } }), POLICY_ASK);
	q.origin = NULL;
	assert_int_equal(BY({ .name = TEXT("a"), .outcome = POLICY_ASK,
			      .match = { .paired = YES } }), POLICY_DENY);
}

#define KNOWS(origin, paired, ...)                                      \
	knows(origin, paired, (struct policy_rule[]){ __VA_ARGS__ },     \
	      sizeof((struct policy_rule[]){ __VA_ARGS__ }) /            \
		      sizeof(struct policy_rule))

static bool knows(const char *origin, bool paired, struct policy_rule *rules,
		  size_t count)
{
	const struct policy p = { .rules = rules,
				  .rules_count = (unsigned)count };

	return policy_knows_page(&p, origin, paired);
}

static void a_page_is_known_by_a_rule_that_may_sign(void **state)
{
	static const char good[] = "https://good.example";

	assert_true(KNOWS(good, false, FOR_PAGE(POLICY_ASK)));
	assert_true(KNOWS(good, false, { .outcome = POLICY_DENY },
			  FOR_PAGE(POLICY_ALLOW)));
	assert_false(KNOWS(good, false, FOR_PAGE(POLICY_DENY)));
	assert_false(KNOWS("https://evil.example", false,
			   FOR_PAGE(POLICY_ASK)));
	assert_false(KNOWS(NULL, false, FOR_PAGE(POLICY_ASK)));
	assert_false(KNOWS(good, false, { .outcome = POLICY_ASK }));
	assert_true(KNOWS(good, true, { .outcome = POLICY_ASK,
					.match = { .paired = YES } }));
	assert_false(KNOWS(good, false, { .outcome = POLICY_ASK,
					  .match = { .paired = YES } }));
	assert_false(KNOWS(good, true, FOR_PAGE(POLICY_DENY)));
	assert_false(KNOWS("https://evil.example", true,
			   { .outcome = POLICY_ASK,
			     .match = { .paired = YES,
					.origin = ONE("https://good.example"),
					.origin_count = 1 } }));
}

#define MAY_USE(...)                                                    \
	may_use((struct policy_rule[]){ __VA_ARGS__ },                   \
		sizeof((struct policy_rule[]){ __VA_ARGS__ }) /          \
			sizeof(struct policy_rule))

static bool may_use(struct policy_rule *rules, size_t count)
{
	const struct policy p = { .rules = rules,
				  .rules_count = (unsigned)count };

	return policy_may_use(&p, &q);
}

static void a_key_may_be_used_if_something_could_be_signed(void **state)
{
	assert_false(MAY_USE({ FOR("bob"), POLICY_ASK }));
	assert_true(MAY_USE({ FOR("alice"), POLICY_ASK }));
	assert_true(MAY_USE({ .match = { .format = ONE("raw"),
					 .format_count = 1 },
			      .outcome = POLICY_ASK }));
	assert_true(MAY_USE({ .match = { .blind = YES },
			      .outcome = POLICY_DENY },
			    { FOR("alice"), POLICY_ASK }));
	assert_false(MAY_USE({ FOR("alice"), POLICY_DENY },
			     { FOR("alice"), POLICY_ASK }));
	assert_false(MAY_USE({ .match = { .key = ONE("pkcs11:token=Other"),
					  .key_count = 1 },
			       .outcome = POLICY_ASK }));
	assert_false(MAY_USE({ FOR("alice"), POLICY_ALLOW }));
	q.token.unattended = true;
	assert_true(MAY_USE({ FOR("alice"), POLICY_ALLOW }));
	q.origin = "https://good.example";
	assert_false(MAY_USE({ FOR("alice"), POLICY_ALLOW }));
	assert_true(MAY_USE(FOR_PAGE(POLICY_ALLOW)));
}

static void what_denies_need_not_name_the_page(void **state)
{
	q.origin = "https://good.example";
	assert_int_equal(BY({ TEXT("no"), FOR("alice"), POLICY_DENY },
			    { .name = TEXT("a"), .outcome = POLICY_ASK,
			      .match = { .origin = ONE("https://good.example"),
					 .origin_count = 1 } }), POLICY_DENY);
	assert_string_equal(v.rule->name, "no");
}

static void only_an_unattended_token_signs_unasked(void **state)
{
	assert_int_equal(BY({ .name = TEXT("ci"), .outcome = POLICY_ALLOW }),
			 POLICY_DENY);
	assert_non_null(v.rule);
	assert_string_equal(v.explanation,
			    "rule \"ci\" denies: it allows without asking,"
			    " which is for tokens that are configured as"
			    " unattended only; it has no conditions");
	q.token.unattended = true;
	assert_int_equal(BY({ .name = TEXT("ci"), .outcome = POLICY_ALLOW }),
			 POLICY_ALLOW);
	assert_string_equal(v.explanation,
			    "rule \"ci\" allows: it has no conditions");
}

static void a_batch_has_an_end(void **state)
{
	q.items = 11;
	assert_int_equal(BY({ .name = TEXT("b"), .outcome = POLICY_ASK,
			      .max_batch = NUMBER(10) }), POLICY_DENY);
	assert_non_null(strstr(v.explanation, "max_batch"));
	q.items = 10;
	assert_int_equal(BY({ .name = TEXT("b"), .outcome = POLICY_ASK,
			      .max_batch = NUMBER(10) }), POLICY_ASK);
}

static void where_the_bank_signs_nothing_else_is_taken(void **state)
{
	static const char *const types[] = { POLICY_BANK_REQUEST,
					     "text/plain" };

	assert_int_equal(BY({ .name = TEXT("b"), .outcome = POLICY_ASK,
			      .bank = TEXT("/bank.pem") }), POLICY_DENY);
	assert_non_null(strstr(v.explanation, "the bank has signed"));
	q.media_types = types;
	assert_int_equal(BY({ .name = TEXT("b"), .outcome = POLICY_ASK,
			      .bank = TEXT("/bank.pem") }), POLICY_ASK);
	q.media_types_count = 2;
	assert_int_equal(BY({ .name = TEXT("b"), .outcome = POLICY_ASK,
			      .bank = TEXT("/bank.pem") }), POLICY_DENY);
	q.media_types_count = 0;
	assert_int_equal(BY({ .name = TEXT("b"), .outcome = POLICY_ASK,
			      .bank = TEXT("/bank.pem") }), POLICY_DENY);
}

static void a_no_may_have_a_reason(void **state)
{
	assert_int_equal(BY({ .name = TEXT("b"), FOR("alice"),
			      .outcome = POLICY_DENY,
			      .reason = TEXT("not at night") }),
			 POLICY_DENY);
	assert_string_equal(v.explanation, "rule \"b\" denies: not at night;"
					   " user alice");
}

static void many_rules_are_explained_in_short(void **state)
{
	static struct policy_rule rules[LIMIT_RULES];
	static char names[LIMIT_RULES][LIMIT_LABEL];
	char *nobody[] = { TEXT("nobody") };

	for (unsigned i = 0; i < LIMIT_RULES; i++) {
		memset(names[i], 'n', LIMIT_LABEL - 1);
		rules[i] = (struct policy_rule){
			.name = names[i],
			.match = { .user = nobody, .user_count = 1 },
			.outcome = POLICY_ASK,
		};
	}
	assert_int_equal(decide(rules, LIMIT_RULES), POLICY_DENY);
	assert_int_equal(strlen(v.explanation), POLICY_EXPLANATION_MAX - 1);
	assert_string_equal(v.explanation + POLICY_EXPLANATION_MAX - 4, "...");
	for (unsigned i = 0; i < LIMIT_RULES; i++)
		snprintf(names[i], LIMIT_LABEL, "n%u", i);
	assert_int_equal(decide(rules, LIMIT_RULES), POLICY_DENY);
	assert_non_null(strstr(v.explanation, "rule 5 \"n4\""));
}

static void a_caller_cannot_outgrow_the_explanation(void **state)
{
	static char exe[4 * POLICY_EXPLANATION_MAX];

	memset(exe, 'x', sizeof(exe) - 1);
	exe[0] = '/';
	q.exe = exe;
	assert_int_equal(BY({ .name = TEXT("a"),
			      .match = { .exe = ONE("/"), .exe_count = 1 },
			      .outcome = POLICY_ASK }), POLICY_ASK);
	assert_int_equal(strlen(v.explanation), POLICY_EXPLANATION_MAX - 1);
}

static enum policy_outcome builtin(unsigned uid)
{
	struct policy_builtin b;

	policy_builtin(uid, &b);
	policy_decide(&b.policy, &q, &v);
	return v.outcome;
}

static void without_a_policy_only_the_own_user_is_asked(void **state)
{
	assert_int_equal(builtin(1000), POLICY_ASK);
	assert_int_equal(builtin(1001), POLICY_DENY);
	q.uid = 0;
	q.user = "root";
	assert_int_equal(builtin(1000), POLICY_ASK);
	assert_int_equal(builtin(0), POLICY_ASK);
}

static void without_a_policy_unattended_tokens_sign(void **state)
{
	q.token.unattended = true;
	assert_int_equal(builtin(1000), POLICY_ALLOW);
	assert_int_equal(builtin(1001), POLICY_ALLOW);
	assert_string_equal(v.explanation, "rule \"unattended\" allows: token"
					   " Card is unattended");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, ask)
		TEST(the_first_that_matches_decides),
		TEST(no_match_is_a_no),
		TEST(no_rules_allow_nothing),
		TEST(a_page_has_to_be_named),
		TEST(a_paired_page_needs_a_rule_for_paired_pages),
		TEST(a_page_is_known_by_a_rule_that_may_sign),
		TEST(a_key_may_be_used_if_something_could_be_signed),
		TEST(what_denies_need_not_name_the_page),
		TEST(only_an_unattended_token_signs_unasked),
		TEST(a_batch_has_an_end),
		TEST(where_the_bank_signs_nothing_else_is_taken),
		TEST(a_no_may_have_a_reason),
		TEST(many_rules_are_explained_in_short),
		TEST(a_caller_cannot_outgrow_the_explanation),
		TEST(without_a_policy_only_the_own_user_is_asked),
		TEST(without_a_policy_unattended_tokens_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
