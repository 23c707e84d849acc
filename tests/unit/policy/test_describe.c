/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_describe: a rule in words tells all that it says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "rules.h"

#define LONG 2048

static char said[LONG];

#define ANY(member, text) .member = ONE(text), .member##_count = 1

static void a_rule_about_everything(void **state)
{
	struct policy_rule r = { .name = TEXT("r"), .outcome = POLICY_ASK };

	policy_describe(&r, said, sizeof(said));
	assert_string_equal(said, "every program -> ask");
	r.outcome = POLICY_DENY;
	policy_describe(&r, said, sizeof(said));
	assert_string_equal(said, "everything -> deny");
}

static void all_conditions_are_told(void **state)
{
	struct policy_rule r = {
		.name = TEXT("r"),
		.match = {
			ANY(user, "alice"), ANY(group, "staff"),
			ANY(exe, "/usr/bin/"), ANY(origin, "https://b.example"),
			.paired = YES,
			ANY(key, "pkcs11:token=A"), ANY(issuer, "CN=CA"),
			ANY(eku, "clientAuth"), ANY(format, "cms"),
			ANY(content, "text/*"), .blind = NO, .unattended = NO,
			.items_max = NUMBER(3), .sum_max = LIMIT("CNY", "5.00"),
			.sum_max_count = 1,
		},
		.outcome = POLICY_DENY,
	};

	policy_describe(&r, said, sizeof(said));
	assert_string_equal(said,
			    "user alice; group staff; program /usr/bin/;"
			    " origin https://b.example; pages that the user"
			    " has allowed; key pkcs11:token=A;"
			    " issuer CN=CA; usage clientAuth; format cms;"
			    " content text/*; content that can be shown;"
			    " attended token; at most 3 items; at most CNY"
			    " 5.00 -> deny");
}

static void all_options_are_told(void **state)
{
	struct policy_rate rate = { 10, 60 };
	struct policy_rule r = {
		.name = TEXT("r"), .outcome = POLICY_ASK, .pin_cache = 30,
		.rate = &rate, .max_batch = NUMBER(5), .reuse_pin = true,
		.supervisor = TEXT("pkcs11:token=S"), .bank = TEXT("/b.pem"),
	};

	policy_describe(&r, said, sizeof(said));
	assert_string_equal(said,
			    "every program -> ask, signed by the bank (/b.pem),"
			    " and a second person (pkcs11:token=S), PIN kept"
			    " 30 s, one PIN for a batch, at most 5 at a time,"
			    " at most 10 in 60 s");
}

static void a_short_place_is_kept(void **state)
{
	struct policy_rule r = { .name = TEXT("r"),
				 .match = { ANY(user, "alice") } };

	policy_describe(&r, said, 10);
	assert_string_equal(said, "user a...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_about_everything),
		cmocka_unit_test(all_conditions_are_told),
		cmocka_unit_test(all_options_are_told),
		cmocka_unit_test(a_short_place_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
