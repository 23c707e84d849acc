/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules: rules and questions for the tests of the policy.
 *
 * A list in a rule is char *: the macros keep literals out of the tests' way.
 */
#ifndef SIGNET_TESTS_POLICY_RULES_H
#define SIGNET_TESTS_POLICY_RULES_H

#include "base/attr.h"
#include "policy/policy.h"

#define TEXT(text) ((char[]){ text })
/* .user = ONE("alice") with .user_count = 1 */
#define ONE(text) ((char *[]){ TEXT(text) })
#define TWO(a, b) ((char *[]){ TEXT(a), TEXT(b) })
#define YES ((bool[]){ true })
#define NO ((bool[]){ false })
#define NUMBER(n) ((unsigned[]){ n })
#define LIMIT(c, v) ((struct policy_sum[]){ { TEXT(c), TEXT(v) } })

/* Alice's payment of CNY 1200.00, by a program, on a card. */
static inline struct policy_question payment(void)
{
	static const unsigned gids[] = { 100, 2000 };
	static const char *const groups[] = { "users", "payments" };
	static const char *const types[] = {
		"application/vnd.signet.payment+json",
	};
	static const char *const ekus[] = { "clientAuth", "1.2.3.4" };
	static const struct policy_question_sum sums[] = {
		{ "CNY", "1200.00" },
	};

	return (struct policy_question){
		.uid = 1000,
		.user = "alice",
		.gids = gids,
		.gids_count = ARRAY_LEN(gids),
		.groups = groups,
		.groups_count = ARRAY_LEN(groups),
		.exe = "/opt/bank/bin/pay",
		.token = { .label = "Card", .serial = "0042",
			   .manufacturer = "Maker", .model = "M1" },
		.key = { .label = "sign", .id = { (const uint8_t *)"\x01", 1 },
			 .issuer = "CN=Bank CA,O=Bank\\, Inc.,C=CN",
			 .ekus = ekus, .ekus_count = ARRAY_LEN(ekus) },
		.format = "cms",
		.media_types = types,
		.media_types_count = 1,
		.items = 1,
		.sums = sums,
		.sums_count = 1,
	};
}

#endif
