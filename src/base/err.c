/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: the error list and the error object of every process.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct err_info infos[] = {
#define ERR(name, number, code, http, kind, retry, title) \
	{ number, code, http, ERR_KIND_##kind, retry, title },
#include "base/err.def"
#undef ERR
};

static const struct err_info info_ok = {
	0, "ok", 200, ERR_KIND_REFUSAL, false, "nothing failed"
};

const struct err_info *err_info(int number)
{
	const struct err_info *last = &infos[ARRAY_LEN(infos) - 1];

	if (number == 0)
		return &info_ok;
	for (size_t i = 0; i < ARRAY_LEN(infos); i++)
		if (infos[i].number == number)
			return &infos[i];
	return last;
}

const struct err_info *err_info_by_code(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(infos); i++)
		if (strcmp(infos[i].code, code) == 0)
			return &infos[i];
	return NULL;
}

void error_clear(struct error *e)
{
	memset(e, 0, sizeof(*e));
	e->ckr = ERROR_NO_CKR;
}

int error_set_at(struct error *e, const char *where, int code, int errnum,
		 const char *format, ...)
{
	char message[ERROR_MESSAGE_MAX] = "";
	va_list ap;
	size_t used;

	if (e == NULL)
		return code;
	/* Apart, because a value may be the message that is replaced. */
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	error_clear(e);
	e->code = code;
	e->errnum = errnum;
	snprintf(e->where, sizeof(e->where), "%s", where);
	memcpy(e->message, message, sizeof(e->message));
	if (errnum != 0) {
		used = strlen(e->message);
		snprintf(e->message + used, sizeof(e->message) - used, ": %s",
			 strerror(errnum));
	}
	return code;
}

void error_prefix(struct error *e, const char *format, ...)
{
	char old[ERROR_MESSAGE_MAX];
	va_list ap;
	size_t used;

	if (e == NULL)
		return;
	memcpy(old, e->message, sizeof(old));
	va_start(ap, format);
	vsnprintf(e->message, sizeof(e->message), format, ap);
	va_end(ap);
	used = strlen(e->message);
	snprintf(e->message + used, sizeof(e->message) - used, "%s", old);
}
