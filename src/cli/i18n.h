/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i18n: the texts of the command line in the user's language (gettext).
 *
 * What signetd answers and what scripts read (--json, exit status, words such
 * as "ready") is never translated.
 */
#ifndef SIGNET_CLI_I18N_H
#define SIGNET_CLI_I18N_H

#include "base/i18n.h"

#endif
