/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name.c - names of functions, return values and flags, both ways
 *
 * Runs in whatever process loads the mock. Tables are made from
 * functions.def and constants.def, so that no name is written twice.
 */
#include "name.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct named {
	const char *name;
	unsigned long value;
};

static const struct named functions[] = {
#define LOCAL(name) { #name, 0 },
#define FN(name, traits, params, args, ...) { #name, traits },
#include "functions.def"
	{ "*", 0 },
};

static const struct named rvs[] = {
#define CKR(name) { #name, name },
#define CKF(name)
#include "constants.def"
};

static const struct named flags[] = {
#define CKR(name)
#define CKF(name) { #name, name },
#include "constants.def"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *mock_name_of_fn(enum mock_fn fn)
{
	return functions[fn].name;
}

unsigned mock_name_traits(enum mock_fn fn)
{
	return (unsigned)functions[fn].value;
}

bool mock_name_to_fn(const char *name, enum mock_fn *fn)
{
	for (size_t i = 0; i < COUNT(functions); i++) {
		if (strcmp(functions[i].name, name) == 0) {
			*fn = (enum mock_fn)i;
			return true;
		}
	}
	return false;
}

const char *mock_name_of_rv(CK_RV rv)
{
	for (size_t i = 0; i < COUNT(rvs); i++)
		if (rvs[i].value == rv)
			return rvs[i].name;
	return NULL;
}

bool mock_name_to_number(const char *text, unsigned long *number)
{
	unsigned long value;
	char *end;

	/* strtoul would take blanks and a sign. */
	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno != 0 || *end != '\0')
		return false;
	*number = value;
	return true;
}

static bool lookup(const struct named *table, size_t count, const char *name,
		   unsigned long *value)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].name, name) == 0) {
			*value = table[i].value;
			return true;
		}
	}
	return mock_name_to_number(name, value);
}

bool mock_name_to_rv(const char *name, CK_RV *rv)
{
	return lookup(rvs, COUNT(rvs), name, rv);
}

bool mock_name_to_flag(const char *name, CK_FLAGS *flag)
{
	return lookup(flags, COUNT(flags), name, flag);
}
