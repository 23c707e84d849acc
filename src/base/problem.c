/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problem: a struct error as a problem document.
 */
#include "base/problem.h"

#include <stdio.h>

void problem_members(struct writer *j, const struct error *e,
		     const char *request, bool retry)
{
	const struct err_info *info = err_info(e->code);
	char type[96];

	snprintf(type, sizeof(type), PROBLEM_TYPE "%s", info->code);
	writer_text(j, "type", type);
	writer_text(j, "title", info->title);
	writer_int(j, "status", info->http);
	writer_text(j, "code", info->code);
	writer_text(j, "detail", e->message);
	if (e->ckr != ERROR_NO_CKR)
		writer_int(j, "ckr", (int64_t)e->ckr);
	if (request != NULL)
		writer_text(j, "request", request);
	writer_bool(j, "retry", retry && info->retry);
}

void problem_put(struct writer *j, const char *name, const struct error *e,
		 const char *request)
{
	writer_open(j, name, '{');
	problem_members(j, e, request, true);
	writer_close(j, '}');
}
