/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: signetd.yaml (signetd.conf(5)) into settings.
 */
#ifndef SIGNET_DAEMON_CONFIG_H
#define SIGNET_DAEMON_CONFIG_H

#include "base/attr.h"

struct error;
struct settings;

/*
 * Read and check a file.  ERR_CONFIG with line and column for what is no YAML
 * or not of the schema (an unknown key is an error), or with the name of the
 * entry for a value that cannot be.  A module file that is missing is none: it
 * may appear later.  One reference for the caller.
 */
int config_load(const char *path, struct settings **out, struct error *e)
	MUST_CHECK;

/* What can only be a mistake, but need not keep others from working. */
int config_check_files(const struct settings *s, struct error *e) MUST_CHECK;

#endif
