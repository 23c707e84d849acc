/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_schema: `policy:` of signetd.yaml, as a schema of libcyaml.
 *
 * A list that is there has an entry: an empty one would look as if it had not
 * been given, and a condition that was not given holds for everybody.
 */
#include "daemon/policy_schema.h"

#include "base/limits.h"
#include "policy/policy.h"

/* Of one condition: more than a branch has terminals. */
#define SCHEMA_LIST_MAX 1024
#define SCHEMA_TEXT_MAX LIMIT_URI

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

const cyaml_strval_t policy_schema_bool[] = {
	{ "false", false },
	{ "true", true },
	{ "no", false },
	{ "yes", true },
};

static const cyaml_strval_t outcomes[] = {
	{ "deny", POLICY_DENY },
	{ "ask", POLICY_ASK },
	{ "allow", POLICY_ALLOW },
};

static const cyaml_schema_value_t text_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, SCHEMA_TEXT_MAX),
};

static const cyaml_schema_field_t sum_fields[] = {
	CYAML_FIELD_STRING_PTR("currency", CYAML_FLAG_POINTER,
			       struct policy_sum, currency, 1, LIMIT_LABEL),
	CYAML_FIELD_STRING_PTR("value", CYAML_FLAG_POINTER, struct policy_sum,
			       value, 1, LIMIT_LABEL),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t sum_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct policy_sum, sum_fields),
};

#define LIST(member)                                                    \
	CYAML_FIELD_SEQUENCE(#member, OPTIONAL, struct policy_match,     \
			     member, &text_schema, 1, SCHEMA_LIST_MAX)
#define YES_NO(type, member)                                            \
	CYAML_FIELD_ENUM_PTR(#member, OPTIONAL | CYAML_FLAG_STRICT, type, \
			     member, policy_schema_bool,                 \
			     POLICY_SCHEMA_BOOL_COUNT)

static const cyaml_schema_field_t match_fields[] = {
	LIST(user),
	LIST(group),
	LIST(exe),
	LIST(origin),
	YES_NO(struct policy_match, paired),
	LIST(key),
	LIST(issuer),
	LIST(eku),
	LIST(format),
	LIST(content),
	YES_NO(struct policy_match, blind),
	YES_NO(struct policy_match, unattended),
	CYAML_FIELD_UINT_PTR("items_max", OPTIONAL, struct policy_match,
			     items_max),
	CYAML_FIELD_SEQUENCE("sum_max", OPTIONAL, struct policy_match, sum_max,
			     &sum_schema, 1, SCHEMA_LIST_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t rate_fields[] = {
	CYAML_FIELD_UINT("count", CYAML_FLAG_DEFAULT, struct policy_rate,
			 count),
	CYAML_FIELD_UINT("seconds", CYAML_FLAG_DEFAULT, struct policy_rate,
			 seconds),
	CYAML_FIELD_END
};

#define TEXT(member, max)                                               \
	CYAML_FIELD_STRING_PTR(#member, OPTIONAL, struct policy_rule,    \
			       member, 1, max)

static const cyaml_schema_field_t rule_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct policy_rule,
			       name, 1, LIMIT_LABEL - 1),
	CYAML_FIELD_MAPPING("match", CYAML_FLAG_OPTIONAL, struct policy_rule,
			    match, match_fields),
	CYAML_FIELD_ENUM("outcome", CYAML_FLAG_STRICT, struct policy_rule,
			 outcome, outcomes, CYAML_ARRAY_LEN(outcomes)),
	CYAML_FIELD_UINT("pin_cache", CYAML_FLAG_OPTIONAL, struct policy_rule,
			 pin_cache),
	CYAML_FIELD_MAPPING_PTR("rate", OPTIONAL, struct policy_rule, rate,
				rate_fields),
	CYAML_FIELD_UINT_PTR("max_batch", OPTIONAL, struct policy_rule,
			     max_batch),
	TEXT(supervisor, LIMIT_URI),
	CYAML_FIELD_ENUM("reuse_pin", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct policy_rule, reuse_pin, policy_schema_bool,
			 POLICY_SCHEMA_BOOL_COUNT),
	TEXT(bank, LIMIT_PATH - 1),
	TEXT(bank_issuer, LIMIT_NAME),
	TEXT(audience, LIMIT_NAME),
	TEXT(reason, LIMIT_NAME),
	CYAML_FIELD_END
};

const cyaml_schema_value_t policy_schema_rule = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct policy_rule,
			    rule_fields),
};
