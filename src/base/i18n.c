/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i18n: texts in the user's language (gettext).
 */
#include "base/i18n.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/self.h"

#define I18N_DOMAIN "signet"
#define I18N_PATH 4096
#define I18N_LETTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"

/* gettext takes LANGUAGE where the locale is any but "C". */
static void i18n_without_locale(const char *language)
{
	size_t len = strcspn(language, ".@");
	char word[64];

	setlocale(LC_ALL, "C.UTF-8");
	/* It becomes part of a file name. */
	if (len == 0 || len >= sizeof(word) ||
	    strspn(language, I18N_LETTERS) < len)
		return;
	snprintf(word, sizeof(word), "%.*s", (int)len, language);
	setenv("LANGUAGE", word, 1);
}

void i18n_open(const char *language)
{
	static const char *const beside[] = { "..", "../.." };
	char dir[I18N_PATH], locale[I18N_PATH];
	int n;

	if (setlocale(LC_ALL, language == NULL ? "" : language) == NULL &&
	    language != NULL)
		i18n_without_locale(language);
	else if (language != NULL)
		unsetenv("LANGUAGE");
	if (!self_dir(dir, sizeof(dir)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		n = snprintf(locale, sizeof(locale), "%s/%s/share/locale", dir,
			     beside[i]);
		if (n < 0 || (size_t)n >= sizeof(locale))
			return;
		if (access(locale, R_OK) == 0)
			break;
	}
	bindtextdomain(I18N_DOMAIN, locale);
	textdomain(I18N_DOMAIN);
}
