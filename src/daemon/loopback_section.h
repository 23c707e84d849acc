/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback_section: `loopback:` of signetd.yaml, as a schema of libcyaml, and
 * what is asked of its values, and of rules about pages.
 */
#ifndef SIGNET_DAEMON_LOOPBACK_SECTION_H
#define SIGNET_DAEMON_LOOPBACK_SECTION_H

#include <cyaml/cyaml.h>

#include "base/attr.h"

struct error;
struct settings;

/* Of struct settings_loopback. */
extern const cyaml_schema_field_t loopback_section_fields[];

/* ERR_CONFIG. */
int loopback_section_check(const struct settings *s, struct error *e)
	MUST_CHECK;

#endif
