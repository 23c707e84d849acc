/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: what libcyaml does not tell of a file that it took.
 */
#ifndef SIGNET_DAEMON_YAML_H
#define SIGNET_DAEMON_YAML_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct error;

/*
 * Does the document's mapping have this key, whatever its value?  ERR_CONFIG
 * when it is no YAML after all, ERR_NO_MEMORY.
 */
int yaml_has_key(struct slice text, const char *key, bool *has,
		 struct error *e) MUST_CHECK;

#endif
