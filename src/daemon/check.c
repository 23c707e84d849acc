/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: what is asked of values in several sections of signetd.yaml.
 */
#include "daemon/check.h"

#include "base/err.h"
#include "broker/uri.h"

int check_absolute(const char *what, const char *path, struct error *e)
{
	if (path[0] == '/')
		return 0;
	return error_set(e, ERR_CONFIG, "%s: %s is not an absolute path", what,
			 path);
}

int check_range(const char *what, const char *name, unsigned value,
		unsigned least, unsigned most, struct error *e)
{
	if (value >= least && value <= most)
		return 0;
	return error_set(e, ERR_CONFIG, "%s: %s is %u; it can be %u to %u",
			 what, name, value, least, most);
}

int check_uri(const char *what, const char *uri, struct error *e)
{
	struct uri *u;
	int r = uri_parse(uri, &u, e);

	if (r == 0) {
		uri_free(u);
		return 0;
	}
	e->code = ERR_CONFIG;
	error_prefix(e, "%s %s: ", what, uri);
	return ERR_CONFIG;
}
