/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_section: `evidence:` of signetd.yaml, as a schema of libcyaml, and
 * what is asked of its values.
 */
#ifndef SIGNET_DAEMON_EVIDENCE_SECTION_H
#define SIGNET_DAEMON_EVIDENCE_SECTION_H

#include <cyaml/cyaml.h>

#include "base/attr.h"

struct error;
struct settings;

/* Of struct settings_evidence. */
extern const cyaml_schema_field_t evidence_section_fields[];

/* Checks it and fills in what is not given.  ERR_CONFIG, ERR_NO_MEMORY. */
int evidence_section_check(struct settings *s, struct error *e) MUST_CHECK;

#endif
