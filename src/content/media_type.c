/* SPDX-License-Identifier: Apache-2.0 */
/*
 * media_type: as much of a media type as chooses a reader.
 */
#include "content/media_type.h"

#include <string.h>
#include <strings.h>

bool content_media_type_is(const char *media_type, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(media_type, name, len) != 0)
		return false;
	media_type += len;
	media_type += strspn(media_type, " \t");
	return *media_type == '\0' || *media_type == ';';
}

/* One parameter, from its name to before the next ';'. */
static bool parameter_utf8(const char *p, size_t len)
{
	static const char *const good[] = { "charset=utf-8",
					    "charset=\"utf-8\"" };

	while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	if (len < 7 || strncasecmp(p, "charset", 7) != 0)
		return true;
	for (size_t i = 0; i < 2; i++)
		if (len == strlen(good[i]) && strncasecmp(p, good[i], len) == 0)
			return true;
	return false;
}

bool content_media_type_utf8(const char *media_type)
{
	const char *p = strchr(media_type, ';');

	while (p != NULL) {
		p++;
		p += strspn(p, " \t");
		if (!parameter_utf8(p, strcspn(p, ";")))
			return false;
		p = strchr(p, ';');
	}
	return true;
}
