/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members: those of a JSON object, each where it belongs, and no others.
 */
#include "api/members.h"

#include <string.h>

#include "base/err.h"

static size_t member_find(const struct member *members, size_t count,
			  const char *name)
{
	size_t n = 0;

	while (n < count && strcmp(members[n].name, name) != 0)
		n++;
	return n;
}

static int member_take(const struct member *m, json_t *value,
		       const char *what, struct error *e)
{
	if (m->any != NULL) {
		*m->any = value;
		return 0;
	}
	if (m->text != NULL) {
		if (!json_is_string(value))
			return error_set(e, ERR_MALFORMED, "%s: %s has to be a"
					 " text", what, m->name);
		*m->text = json_string_value(value);
		return 0;
	}
	if (!json_is_boolean(value))
		return error_set(e, ERR_MALFORMED,
				 "%s: %s has to be true or false", what,
				 m->name);
	*m->boolean = json_is_true(value);
	return 0;
}

static int members_missing(const json_t *object, const char *what,
			   const struct member *members, size_t count,
			   struct error *e)
{
	for (size_t n = 0; n < count; n++)
		if (members[n].required &&
		    json_object_get(object, members[n].name) == NULL)
			return error_set(e, ERR_MALFORMED, "%s: %s is missing",
					 what, members[n].name);
	return 0;
}

int members_read(json_t *object, const char *what,
		 const struct member *members, size_t count, struct error *e)
{
	const char *name;
	json_t *value;
	size_t n;
	int r;

	if (!json_is_object(object))
		return error_set(e, ERR_MALFORMED, "%s is no object", what);
	json_object_foreach(object, name, value) {
		n = member_find(members, count, name);
		if (n == count)
			return error_set(e, ERR_MALFORMED, "%s: there is no"
					 " member %.64s", what, name);
		r = member_take(&members[n], value, what, e);
		if (r != 0)
			return r;
	}
	return members_missing(object, what, members, count, e);
}
