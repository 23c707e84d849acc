/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_schema: the schema of a variable, which files of profiles and the
 * configuration have in common.
 */
#ifndef SIGNET_DAEMON_PROFILE_SCHEMA_H
#define SIGNET_DAEMON_PROFILE_SCHEMA_H

#include <cyaml/cyaml.h>

/* struct settings_variable. */
extern const cyaml_schema_value_t profile_schema_variable;

#endif
