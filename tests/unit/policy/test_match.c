/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match: each condition of a rule, what holds and what does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "policy/match.h"
#include "policy/words.h"
#include "rules.h"

static struct policy_question q;
static char said[POLICY_EXPLANATION_MAX];

static int ask(void **state)
{
	q = payment();
	return 0;
}

static bool holds(const struct policy_match *m)
{
	struct policy_words w = policy_words_of(said, sizeof(said));
	bool r = policy_match_holds(m, &q);

	if (r)
		policy_match_explain(m, &q, &w);
	else
		policy_match_explain_miss(m, &q, &w);
	return r;
}

#define MATCH(...) (&(const struct policy_match){ __VA_ARGS__ })
#define ANY(member, text) .member = ONE(text), .member##_count = 1
#define EITHER(member, a, b) .member = TWO(a, b), .member##_count = 2

static void without_conditions_all_holds(void **state)
{
	assert_true(holds(MATCH(.user = NULL)));
	assert_string_equal(said, "it has no conditions");
	assert_false(policy_match_given(MATCH(.user = NULL)));
	assert_true(policy_match_given(MATCH(.blind = NO)));
}

static void of_a_list_one_is_enough(void **state)
{
	assert_true(holds(MATCH(EITHER(user, "bob", "alice"))));
	assert_string_equal(said, "user alice");
	assert_false(holds(MATCH(EITHER(user, "bob", "carol"))));
	assert_string_equal(said, "wants user bob or carol, the caller is"
				  " alice");
}

static void all_that_are_given_have_to_hold(void **state)
{
	assert_true(holds(MATCH(ANY(user, "alice"), ANY(format, "cms"))));
	assert_string_equal(said, "user alice, format cms");
	assert_false(holds(MATCH(ANY(user, "alice"), ANY(format, "raw"))));
	assert_string_equal(said, "wants format raw, this is cms");
	assert_false(holds(MATCH(ANY(user, "bob"), ANY(format, "cms"))));
}

static void users_have_names_and_numbers(void **state)
{
	assert_true(holds(MATCH(ANY(user, "1000"))));
	assert_false(holds(MATCH(ANY(user, "100"))));
	assert_false(holds(MATCH(ANY(user, "alic"))));
	assert_false(holds(MATCH(ANY(user, "Alice"))));
	q.user = NULL;
	assert_true(holds(MATCH(ANY(user, "1000"))));
	assert_false(holds(MATCH(ANY(user, "alice"))));
	assert_string_equal(said, "wants user alice, the caller is user 1000");
}

static void groups_have_names_and_numbers(void **state)
{
	assert_true(holds(MATCH(ANY(group, "payments"))));
	assert_true(holds(MATCH(ANY(group, "2000"))));
	assert_false(holds(MATCH(ANY(group, "1000"))));
	assert_false(holds(MATCH(ANY(group, "root"))));
	q.gids_count = q.groups_count = 0;
	assert_false(holds(MATCH(ANY(group, "payments"))));
	assert_string_equal(said, "wants group payments, the caller is in none"
				  " of them");
}

static void programs_are_files_or_below_a_folder(void **state)
{
	assert_true(holds(MATCH(ANY(exe, "/opt/bank/bin/pay"))));
	assert_true(holds(MATCH(ANY(exe, "/opt/bank/"))));
	assert_false(holds(MATCH(ANY(exe, "/opt/bank/bin/pa"))));
	assert_false(holds(MATCH(ANY(exe, "/opt/bank"))));
	assert_false(holds(MATCH(ANY(exe, "/opt/ban/"))));
	q.exe = "/opt/bankrobber/pay";
	assert_false(holds(MATCH(ANY(exe, "/opt/bank/"))));
	q.exe = NULL;
	assert_false(holds(MATCH(ANY(exe, "/opt/bank/"))));
	assert_string_equal(said, "wants program /opt/bank/, this is"
				  " (unknown)");
}

static void origins_are_compared_whole(void **state)
{
	assert_false(holds(MATCH(ANY(origin, "https://bank.example"))));
	assert_string_equal(said, "wants origin https://bank.example, the"
				  " caller is a program");
	q.origin = "https://bank.example";
	assert_true(holds(MATCH(ANY(origin, "https://bank.example"))));
	q.origin = "https://bank.example.evil.example";
	assert_false(holds(MATCH(ANY(origin, "https://bank.example"))));
	q.origin = "https://bank.example:8443";
	assert_false(holds(MATCH(ANY(origin, "https://bank.example"))));
	q.origin = "http://bank.example";
	assert_false(holds(MATCH(ANY(origin, "https://bank.example"))));
	q.origin = "null";
	assert_false(holds(MATCH(ANY(origin, "https://bank.example"))));
}

static void keys_are_named_by_uri(void **state)
{
	assert_true(holds(MATCH(ANY(key, "pkcs11:token=Card"))));
	assert_true(holds(MATCH(ANY(key, "pkcs11:serial=0042;id=%01"))));
	assert_true(holds(MATCH(ANY(key, "pkcs11:manufacturer=Maker;model=M1;"
					 "object=sign;type=private"))));
	assert_false(holds(MATCH(ANY(key, "pkcs11:token=Card;object=auth"))));
	assert_string_equal(said, "wants key pkcs11:token=Card;object=auth,"
				  " this is key sign of token Card");
	assert_false(holds(MATCH(ANY(key, "pkcs11:serial=0043"))));
	assert_false(holds(MATCH(ANY(key, "pkcs11:id=%02"))));
	assert_false(holds(MATCH(ANY(key, "pkcs11:model=M2"))));
	assert_false(holds(MATCH(ANY(key, "pkcs11:manufacturer=Make"))));
	assert_false(holds(MATCH(ANY(key, "no URI"))));
}

static void a_key_that_is_not_known_is_none(void **state)
{
	memset(&q.token, 0, sizeof(q.token));
	memset(&q.key, 0, sizeof(q.key));
	assert_false(holds(MATCH(ANY(key, "pkcs11:token=Card"))));
	assert_false(holds(MATCH(ANY(key, "pkcs11:object=sign"))));
	assert_false(holds(MATCH(ANY(key, "pkcs11:id=%01"))));
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
	assert_string_equal(said, "wants issuer CN=Bank CA, the key has no"
				  " certificate");
	assert_false(holds(MATCH(ANY(eku, "clientAuth"))));
}

static void issuers_are_whole_names_or_their_common_name(void **state)
{
	assert_true(holds(MATCH(
		ANY(issuer, "CN=Bank CA,O=Bank\\, Inc.,C=CN"))));
	assert_true(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank"))));
	assert_false(holds(MATCH(ANY(issuer, "O=Bank\\, Inc."))));
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA,O=Bank"))));
	q.key.issuer = "C=CN+CN=Bank CA,O=Other";
	assert_true(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
}

/* What a stranger's CA may write into one value. */
static void a_value_does_not_look_like_a_part(void **state)
{
	q.key.issuer = "O=x\\,CN=Bank CA,C=CN";
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
	q.key.issuer = "O=x\\+CN=Bank CA";
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
	q.key.issuer = "CN=Bank CA\\,O=x";
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
	q.key.issuer = "CN=Bank CA\\";
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
	q.key.issuer = "OCN=Bank CA";
	assert_false(holds(MATCH(ANY(issuer, "CN=Bank CA"))));
}

static void usages_have_names_and_numbers(void **state)
{
	assert_true(holds(MATCH(ANY(eku, "clientAuth"))));
	assert_true(holds(MATCH(ANY(eku, "1.3.6.1.5.5.7.3.2"))));
	assert_true(holds(MATCH(ANY(eku, "1.2.3.4"))));
	assert_false(holds(MATCH(ANY(eku, "1.2.3"))));
	assert_false(holds(MATCH(ANY(eku, "emailProtection"))));
	assert_string_equal(said, "wants usage emailProtection, the"
				  " certificate does not have it");
}

static void formats_are_compared(void **state)
{
	assert_true(holds(MATCH(EITHER(format, "jws", "cms"))));
	assert_false(holds(MATCH(EITHER(format, "jws", "raw"))));
	q.format = NULL;
	assert_false(holds(MATCH(ANY(format, "cms"))));
}

static void content_is_a_type_or_all_below_it(void **state)
{
	static const char *const types[] = {
		"Text/Plain; charset=utf-8", "text/xml",
	};

	assert_true(holds(MATCH(
		ANY(content, "application/vnd.signet.payment+json"))));
	assert_true(holds(MATCH(ANY(content, "application/*"))));
	assert_false(holds(MATCH(ANY(content, "application/json"))));
	assert_false(holds(MATCH(ANY(content, "app/*"))));
	q.media_types = types;
	assert_true(holds(MATCH(ANY(content, "text/plain"))));
	assert_false(holds(MATCH(ANY(content, "text/plai"))));
	assert_true(holds(MATCH(ANY(content, "text/*"))));
	q.media_types_count = 2;
	assert_false(holds(MATCH(ANY(content, "text/plain"))));
	assert_string_equal(said, "wants content text/plain, this is"
				  " text/xml");
	assert_true(holds(MATCH(EITHER(content, "text/xml", "text/plain"))));
	q.media_types_count = 0;
	assert_false(holds(MATCH(ANY(content, "text/*"))));
}

static void a_type_is_not_empty_behind_the_slash(void **state)
{
	assert_false(policy_match_media_type("text/*", "text/"));
	assert_false(policy_match_media_type("text/*", "text"));
	assert_false(policy_match_media_type("text/*", "textile/x"));
	assert_false(policy_match_media_type("text/plain", NULL));
	assert_true(policy_match_media_type("text/*", "text/a ;b"));
}

static void blind_is_yes_or_no(void **state)
{
	assert_true(holds(MATCH(.blind = NO)));
	assert_false(holds(MATCH(.blind = YES)));
	assert_string_equal(said, "wants content that cannot be shown, this"
				  " can");
	q.blind = true;
	assert_true(holds(MATCH(.blind = YES)));
	assert_false(holds(MATCH(.blind = NO)));
}

static void tokens_are_unattended_or_not(void **state)
{
	assert_true(holds(MATCH(.unattended = NO)));
	assert_false(holds(MATCH(.unattended = YES)));
	assert_string_equal(said, "wants an unattended token, token Card is"
				  " attended");
	q.token.unattended = true;
	assert_true(holds(MATCH(.unattended = YES)));
	assert_false(holds(MATCH(.unattended = NO)));
}

static void items_are_counted(void **state)
{
	q.items = 10;
	assert_true(holds(MATCH(.items_max = NUMBER(10))));
	assert_string_equal(said, "10 of at most 10 items");
	assert_false(holds(MATCH(.items_max = NUMBER(9))));
	assert_string_equal(said, "10 items are more than 9");
}

#define AT_MOST(c, v) MATCH(.sum_max = LIMIT(c, v), .sum_max_count = 1)

static void sums_are_within_their_limits(void **state)
{
	assert_true(holds(AT_MOST("CNY", "5000.00")));
	assert_string_equal(said, "CNY 1200.00 of at most 5000.00");
	assert_true(holds(AT_MOST("CNY", "1200")));
	assert_false(holds(AT_MOST("CNY", "1199.99")));
	assert_string_equal(said, "allows CNY 1199.99, this is 1200.00");
	assert_false(holds(AT_MOST("CNY", "999.999")));
}

static void a_currency_without_limit_is_too_much(void **state)
{
	static const struct policy_question_sum sums[] = {
		{ "CNY", "1.00" }, { "EUR", "0.01" },
	};

	assert_false(holds(AT_MOST("EUR", "5000.00")));
	assert_string_equal(said, "has no limit for CNY");
	q.sums = sums;
	q.sums_count = 2;
	assert_false(holds(AT_MOST("CNY", "5000.00")));
	assert_string_equal(said, "has no limit for EUR");
}

/* Where the amount is not known it may be any. */
static void amounts_that_are_not_known_are_too_much(void **state)
{
	static const struct policy_question_sum bad[] = { { "CNY", "1e1" } };

	q.blind = true;
	assert_false(holds(AT_MOST("CNY", "5000.00")));
	q.blind = false;
	assert_true(holds(AT_MOST("CNY", "5000.00")));
	/* A text among payments. */
	q.amountless = true;
	assert_false(holds(AT_MOST("CNY", "5000.00")));
	q.amountless = false;
	q.sums = bad;
	assert_false(holds(AT_MOST("CNY", "5000.00")));
	q.sums_count = 0;
	assert_false(holds(AT_MOST("CNY", "5000.00")));
	assert_string_equal(said, "limits amounts, this content states none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, ask)
		TEST(without_conditions_all_holds),
		TEST(of_a_list_one_is_enough),
		TEST(all_that_are_given_have_to_hold),
		TEST(users_have_names_and_numbers),
		TEST(groups_have_names_and_numbers),
		TEST(programs_are_files_or_below_a_folder),
		TEST(origins_are_compared_whole),
		TEST(keys_are_named_by_uri),
		TEST(a_key_that_is_not_known_is_none),
		TEST(issuers_are_whole_names_or_their_common_name),
		TEST(a_value_does_not_look_like_a_part),
		TEST(usages_have_names_and_numbers),
		TEST(formats_are_compared),
		TEST(content_is_a_type_or_all_below_it),
		TEST(a_type_is_not_empty_behind_the_slash),
		TEST(blind_is_yes_or_no),
		TEST(tokens_are_unattended_or_not),
		TEST(items_are_counted),
		TEST(sums_are_within_their_limits),
		TEST(a_currency_without_limit_is_too_much),
		TEST(amounts_that_are_not_known_are_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
