/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problem: a struct error as a problem document.
 */
#include "api/problem.h"

#include <stdio.h>

void problem_put(struct json *j, const char *name, const struct error *e,
		 const char *request)
{
	const struct err_info *info = err_info(e->code);
	char type[96];

	snprintf(type, sizeof(type), PROBLEM_TYPE "%s", info->code);
	json_open(j, name, '{');
	json_text(j, "type", type);
	json_text(j, "title", info->title);
	json_int(j, "status", info->http);
	json_text(j, "code", info->code);
	json_text(j, "detail", e->message);
	if (e->ckr != ERROR_NO_CKR)
		json_int(j, "ckr", (int64_t)e->ckr);
	if (request != NULL)
		json_text(j, "request", request);
	json_bool(j, "retry", info->retry);
	json_close(j, '}');
}
