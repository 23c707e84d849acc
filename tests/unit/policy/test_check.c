/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_check: a policy with a mistake is not taken, and the rule is named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "rules.h"

static struct error e;

static int check(struct policy_rule *rules, unsigned count)
{
	const struct policy p = { .rules = rules, .rules_count = count };

	error_clear(&e);
	return policy_check(&p, &e);
}

/* One rule, "r"; RULE() asks. */
#define RULE_TO(what, ...)                                               \
	(&(struct policy_rule){ .name = TEXT("r"), .outcome = what,       \
				__VA_ARGS__ })
#define RULE(...) RULE_TO(POLICY_ASK, __VA_ARGS__)
#define WITH(...) RULE(.match = { __VA_ARGS__ })
#define ANY(member, text) .member = ONE(text), .member##_count = 1

static void assert_good(struct policy_rule *r)
{
	if (check(r, 1) != 0)
		fail_msg("%s", e.message);
}

static void assert_bad(struct policy_rule *r, const char *says)
{
	assert_int_equal(check(r, 1), ERR_CONFIG);
	assert_int_equal(e.code, ERR_CONFIG);
	assert_ptr_equal(strstr(e.message, "policy: rule 1 \"r\": "),
			 e.message);
	if (strstr(e.message, says) == NULL)
		fail_msg("%s", e.message);
}

/* All of a member, where the texts are all good or all bad. */
#define EACH(assertion, member, ...)                                     \
	do {                                                              \
		static const char *const texts[] = { __VA_ARGS__ };       \
		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {           \
			char text[512];                                   \
			char *list[] = { text };                          \
			snprintf(text, sizeof(text), "%s", texts[i]);     \
			assertion(WITH(.member = list,                    \
				       .member##_count = 1));             \
		}                                                         \
	} while (0)
#define assert_refused(r) assert_bad(r, "")

static void a_policy_without_rules_is_one(void **state)
{
	assert_int_equal(check(NULL, 0), 0);
}

static void a_rule_may_be_about_everything(void **state)
{
	assert_good(RULE(.pin_cache = 0));
}

static void users_and_groups(void **state)
{
	EACH(assert_good, user, "alice", "0", "4294967294", "a.b-c_d");
	EACH(assert_refused, user, "", "42949672950");
	EACH(assert_refused, group, "", "99999999999");
}

static void programs(void **state)
{
	EACH(assert_good, exe, "/usr/bin/pay", "/opt/bank/", "/a..b/c");
	EACH(assert_refused, exe, "", "/", "pay", "./pay", "//a", "/a//b",
	     "/a/../b", "/a/./b", "/a/..", "~/pay");
}

static void origins(void **state)
{
	EACH(assert_good, origin, "https://bank.example",
	     "https://bank.example:8443", "http://localhost:8000");
	EACH(assert_refused, origin, "", "*", "https://*.bank.example",
	     "http://bank.example", "https://bank.example/", "null");
	assert_good(WITH(.paired = YES));
	assert_bad(WITH(.paired = NO), "paired: false says nothing");
	assert_bad(RULE_TO(POLICY_ALLOW, .match = { .paired = YES }),
		   "is asked about each signature");
	assert_bad(RULE_TO(POLICY_ALLOW, .match = { .paired = YES,
			   ANY(origin, "https://bank.example") }),
		   "is asked about each signature");
	assert_good(RULE_TO(POLICY_DENY, .match = { .paired = YES }));
}

static void keys(void **state)
{
	EACH(assert_good, key, "pkcs11:token=A", "pkcs11:id=%01",
	     "pkcs11:serial=1;object=b;type=private", "pkcs11:model=M");
	EACH(assert_refused, key, "", "A", "pkcs11:", "pkcs11:token=%",
	     "pkcs11:type=private", "pkcs11:token=A;type=cert",
	     "pkcs11:token=A?pin-value=1234",
	     "pkcs11:token=A?pin-source=/x",
	     "pkcs11:token=A?module-path=/m.so", "pkcs11:token=A?module-name=m",
	     "pkcs11:token=A;slot-id=1", "pkcs11:token=A;library-version=1",
	     "pkcs11:token=A;x-unknown=1",
	     "pkcs11:token=A;library-manufacturer=x");
}

static void a_uri_has_a_bound(void **state)
{
	char uri[LIMIT_URI + 32];
	char *list[] = { uri };
	size_t len = (size_t)snprintf(uri, sizeof(uri), "pkcs11:object=");

	memset(uri + len, 'a', LIMIT_URI);
	uri[LIMIT_URI] = '\0';
	assert_good(WITH(.key = list, .key_count = 1));
	uri[LIMIT_URI] = 'a';
	uri[LIMIT_URI + 1] = '\0';
	assert_refused(WITH(.key = list, .key_count = 1));
}

static void certificates(void **state)
{
	EACH(assert_good, issuer, "CN=Bank CA", "CN=A,O=B,C=CN");
	EACH(assert_refused, issuer, "", "Bank CA");
	EACH(assert_good, eku, "clientAuth", "emailProtection", "1.2.3",
	     "1.3.6.1.5.5.7.3.2");
	EACH(assert_refused, eku, "", "clientauth", "1", ".1", "1.", "1..2",
	     "1.x");
}

static void contents(void **state)
{
	EACH(assert_good, format, "raw", "jws", "cms");
	EACH(assert_refused, format, "", "CMS", "pdf");
	EACH(assert_good, content, "text/plain", "text/*", "application/a+b.c");
	EACH(assert_refused, content, "", "text", "text/", "/plain", "*/*",
	     "*", "text/pl*", "text/plain; charset=utf-8", "a/b/c");
}

static void assert_sum(const char *currency, const char *value, bool good)
{
	char c[64], n[64];
	struct policy_sum sums[] = { { c, n } };

	snprintf(c, sizeof(c), "%s", currency);
	snprintf(n, sizeof(n), "%s", value);
	if (good)
		assert_good(WITH(.sum_max = sums, .sum_max_count = 1));
	else
		assert_refused(WITH(.sum_max = sums, .sum_max_count = 1));
}

static void sums(void **state)
{
	struct policy_sum twice[] = { { TEXT("CNY"), TEXT("1") },
				      { TEXT("CNY"), TEXT("2") } };

	assert_sum("CNY", "5000.00", true);
	assert_sum("CNY", "0", true);
	assert_sum("CNY", "5,000", false);
	assert_sum("CNY", "-1", false);
	assert_sum("CNY", "", false);
	assert_sum("cny", "1", false);
	assert_sum("CN", "1", false);
	assert_sum("CNYY", "1", false);
	assert_sum("", "1", false);
	assert_bad(WITH(.sum_max = twice, .sum_max_count = 2), "twice");
	assert_bad(WITH(.sum_max = twice, .sum_max_count = 1, .blind = YES),
		   "cannot be shown");
}

static void numbers(void **state)
{
	struct policy_rate none = { 0, 60 }, never = { 1, 0 },
			   long_one = { 1, 86401 }, good = { 1, 1 };

	assert_good(RULE(.pin_cache = 3600));
	assert_bad(RULE(.pin_cache = 3601), "pin_cache");
	assert_good(RULE(.max_batch = NUMBER(1000)));
	assert_bad(RULE(.max_batch = NUMBER(0)), "max_batch");
	assert_bad(RULE(.max_batch = NUMBER(1001)), "max_batch");
	assert_good(RULE(.rate = &good));
	assert_bad(RULE(.rate = &none), "rate");
	assert_bad(RULE(.rate = &never), "rate");
	assert_bad(RULE(.rate = &long_one), "rate");
	assert_good(WITH(.items_max = NUMBER(1)));
	assert_bad(WITH(.items_max = NUMBER(0)), "items_max");
}

static void options_have_to_have_an_effect(void **state)
{
	struct policy_rate rate = { 1, 1 };

	assert_bad(RULE_TO(POLICY_ALLOW, .pin_cache = 1), "pin_cache");
	assert_bad(RULE_TO(POLICY_ALLOW, .reuse_pin = true),
		   "reuse_pin");
	assert_bad(RULE_TO(POLICY_ALLOW, .supervisor = TEXT("pkcs11:token=S")),
		   "supervisor");
	assert_bad(RULE_TO(POLICY_DENY, .pin_cache = 1), "pin_cache");
	assert_bad(RULE_TO(POLICY_DENY, .rate = &rate), "rate");
	assert_bad(RULE_TO(POLICY_DENY, .max_batch = NUMBER(1)),
		   "max_batch");
	assert_bad(RULE(.reason = TEXT("x")), "reason");
	assert_good(RULE_TO(POLICY_DENY, .reason = TEXT("x")));
	assert_good(RULE_TO(POLICY_ALLOW, .rate = &rate));
	assert_bad(RULE_TO(POLICY_ALLOW, .match = { .unattended = NO }),
		   "unattended");
}

static void the_second_person_has_a_key(void **state)
{
	assert_good(RULE(.supervisor = TEXT("pkcs11:token=S")));
	assert_bad(RULE(.supervisor = TEXT("bob")), "supervisor: ");
}

static void a_bank_is_named_whole(void **state)
{
	assert_good(RULE(.bank = TEXT("/b.pem"), .bank_issuer = TEXT("b"),
			 .audience = TEXT("a")));
	assert_bad(RULE(.bank = TEXT("/b.pem"), .bank_issuer = TEXT("b")),
		   "together");
	assert_bad(RULE(.bank = TEXT("/b.pem"), .audience = TEXT("b")),
		   "together");
	assert_bad(RULE(.bank_issuer = TEXT("b")), "together");
	assert_bad(RULE(.audience = TEXT("b")), "together");
	assert_bad(RULE(.bank = TEXT("b.pem"), .bank_issuer = TEXT("b"),
			.audience = TEXT("a")), "absolute");
	assert_bad(RULE(.bank = TEXT("/b.pem"), .bank_issuer = TEXT("b"),
			.audience = TEXT("a"),
			.match = { ANY(content, "text/plain") }),
		   POLICY_BANK_REQUEST);
	assert_good(RULE(.bank = TEXT("/b.pem"), .bank_issuer = TEXT("b"),
			 .audience = TEXT("a"),
			 .match = { ANY(content, "application/*") }));
}

static void names_are_there_once(void **state)
{
	struct policy_rule rules[] = {
		{ .name = TEXT("a"), .match = { ANY(user, "x") } },
		{ .name = TEXT("b"), .match = { ANY(user, "y") } },
		{ .name = TEXT("a"), .match = { ANY(user, "z") } },
	};

	assert_int_equal(check(rules, 2), 0);
	assert_int_equal(check(rules, 3), ERR_CONFIG);
	assert_non_null(strstr(e.message, "rule 3 \"a\": rule 1 has the same"));
	assert_int_equal(check(&(struct policy_rule){ .name = TEXT("") }, 1),
			 ERR_CONFIG);
}

static void a_rule_can_be_reached(void **state)
{
	struct policy_rule rules[] = {
		{ .name = TEXT("a"), .match = { ANY(user, "x") } },
		{ .name = TEXT("all"), .outcome = POLICY_ASK },
		{ .name = TEXT("b"), .match = { ANY(user, "y") } },
	};

	assert_int_equal(check(rules, 2), 0);
	assert_int_equal(check(rules, 3), ERR_CONFIG);
	assert_string_equal(e.message,
			    "policy: rule 3 \"b\": it is never reached: rule 2"
			    " \"all\" has no conditions");
}

/* A rule that asks is for programs only; one that denies, for pages too. */
static void a_page_goes_past_a_rule_for_all_programs(void **state)
{
	struct policy_rule rules[] = {
		{ .name = TEXT("all"), .outcome = POLICY_ASK },
		{ .name = TEXT("b"), .outcome = POLICY_ASK,
		  .match = { ANY(origin, "https://b.example") } },
	};

	assert_int_equal(check(rules, 2), 0);
	rules[0].outcome = POLICY_DENY;
	assert_int_equal(check(rules, 2), ERR_CONFIG);
}

static void there_are_only_so_many(void **state)
{
	struct policy_rule *rules = calloc(LIMIT_RULES + 1, sizeof(*rules));
	char names[LIMIT_RULES + 1][8];
	char *user[] = { TEXT("x") };

	assert_non_null(rules);
	for (unsigned i = 0; i <= LIMIT_RULES; i++) {
		snprintf(names[i], sizeof(names[i]), "%u", i);
		rules[i].name = names[i];
		rules[i].match.user = user;
		rules[i].match.user_count = 1;
	}
	assert_int_equal(check(rules, LIMIT_RULES), 0);
	assert_int_equal(check(rules, LIMIT_RULES + 1), ERR_CONFIG);
	free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_without_rules_is_one),
		cmocka_unit_test(a_rule_may_be_about_everything),
		cmocka_unit_test(users_and_groups),
		cmocka_unit_test(programs),
		cmocka_unit_test(origins),
		cmocka_unit_test(keys),
		cmocka_unit_test(a_uri_has_a_bound),
		cmocka_unit_test(certificates),
		cmocka_unit_test(contents),
		cmocka_unit_test(sums),
		cmocka_unit_test(numbers),
		cmocka_unit_test(options_have_to_have_an_effect),
		cmocka_unit_test(the_second_person_has_a_key),
		cmocka_unit_test(a_bank_is_named_whole),
		cmocka_unit_test(names_are_there_once),
		cmocka_unit_test(a_rule_can_be_reached),
		cmocka_unit_test(a_page_goes_past_a_rule_for_all_programs),
		cmocka_unit_test(there_are_only_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
