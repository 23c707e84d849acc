/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i18n: the texts of the command line in the user's language (gettext).
 *
 * What signetd answers and what scripts read (--json, exit status, words such
 * as "ready") is never translated.
 */
#ifndef SIGNET_CLI_I18N_H
#define SIGNET_CLI_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
/* Marks a text in a table, for _() where it is printed. */
#define N_(text) text

/*
 * Take the locale of the environment.  The catalogue is looked for in
 * ../share/locale of the program's own folder.
 */
void cli_i18n_open(void);

#endif
