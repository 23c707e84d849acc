/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i18n: the texts of the command line in the user's language (gettext).
 */
#include "cli/i18n.h"

#include <locale.h>
#include <stdio.h>

#include "cli/self.h"

#define I18N_DOMAIN "signet"

void cli_i18n_open(void)
{
	char dir[CLI_PATH_MAX], locale[CLI_PATH_MAX];
	int n;

	setlocale(LC_ALL, "");
	if (!cli_self_dir(dir))
		return;
	n = snprintf(locale, sizeof(locale), "%s/../share/locale", dir);
	if (n < 0 || (size_t)n >= sizeof(locale))
		return;
	bindtextdomain(I18N_DOMAIN, locale);
	textdomain(I18N_DOMAIN);
}
