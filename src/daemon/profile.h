/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what is known of a PKCS#11 module, as a file of modules.d.
 */
#ifndef SIGNET_DAEMON_PROFILE_H
#define SIGNET_DAEMON_PROFILE_H

#include "base/attr.h"

struct error;
struct settings_module;

/*
 * Fill in what the configuration left out of m by its profile, if it names
 * one: path (the first of its files that is there), deadline_ms; per_reader
 * and opensc_conf are added, its environment comes before m's.  Profiles lie in
 * ../share/signet/modules.d beside the program.  ERR_CONFIG: there is no such
 * profile, or it is not well formed.
 */
int profile_apply(struct settings_module *m, struct error *e) MUST_CHECK;

#endif
