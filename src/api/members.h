/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members: those of a JSON object, each where it belongs, and no others.
 *
 * What json_unpack() does by reading a format, with a table of its own of what
 * it has seen: for each item of a batch that was as much work as parsing it.
 */
#ifndef SIGNET_API_MEMBERS_H
#define SIGNET_API_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct error;

/* One that may be there: one of the three says what it is and where it goes. */
struct member {
	const char *name;
	const char **text; /* borrowed from the object */
	int *boolean;	   /* 1 or 0 */
	json_t **any;	   /* borrowed, and not looked at */
	bool required;
};

/*
 * What is not there leaves its place as it is.  ERR_MALFORMED: no object, a
 * member that is unknown, of another kind or missing; what names the object.
 */
int members_read(json_t *object, const char *what,
		 const struct member *members, size_t count, struct error *e)
	MUST_CHECK;

#endif
