/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problem: a struct error as a problem document (RFC 9457).
 */
#ifndef SIGNET_BASE_PROBLEM_H
#define SIGNET_BASE_PROBLEM_H

#include "base/err.h"
#include "base/writer.h"

#define PROBLEM_TYPE "urn:signet:problem:"
#define PROBLEM_MEDIA_TYPE "application/problem+json"

/*
 * The object of e, as a member of that name or alone (NULL).  request is the
 * id of the request it ended, or NULL.
 */
void problem_put(struct writer *j, const char *name, const struct error *e,
		 const char *request);

/*
 * Its members alone, for an object that has more.  retry is false where what
 * was done already would be done twice.
 */
void problem_members(struct writer *j, const struct error *e,
		     const char *request, bool retry);

#endif
