/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_schema: `policy:` of signetd.yaml, as a schema of libcyaml.
 */
#ifndef SIGNET_DAEMON_POLICY_SCHEMA_H
#define SIGNET_DAEMON_POLICY_SCHEMA_H

#include <cyaml/cyaml.h>

/* One rule: struct policy_rule. */
extern const cyaml_schema_value_t policy_schema_rule;

/* What a yes or no may be: libcyaml takes every other word for a yes. */
extern const cyaml_strval_t policy_schema_bool[];
#define POLICY_SCHEMA_BOOL_COUNT 4

#endif
