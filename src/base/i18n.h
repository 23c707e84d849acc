/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i18n: texts in the user's language (gettext), for the programs that speak
 * to people.
 */
#ifndef SIGNET_BASE_I18N_H
#define SIGNET_BASE_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
/* Marks a text in a table, for _() where it is printed. */
#define N_(text) text

/*
 * Take the locale of the environment, or that of a name ("zh_CN.UTF-8").  A
 * name whose locale is not installed still chooses the texts.  The catalogue
 * is looked for in share/locale beside the program's own folder, or beside
 * the folder above (lib/signet).
 */
void i18n_open(const char *language);

#endif
