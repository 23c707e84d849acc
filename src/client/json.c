/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: what every answer needs on top of jansson.
 */
#include "client/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/err.h"

void client_json_unref(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

void client_json_text_free(char **text)
{
	free(*text);
	*text = NULL;
}

json_t *client_json_parse(struct slice text)
{
	return json_loadb((const char *)text.ptr, text.len,
			  JSON_REJECT_DUPLICATES, NULL);
}

json_t *client_json_text(const char *text)
{
	json_t *j = json_string(text);
	char ascii[ERROR_MESSAGE_MAX];

	if (j != NULL)
		return j;
	snprintf(ascii, sizeof(ascii), "%s", text);
	for (char *c = ascii; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return json_string(ascii);
}

int client_json_unpack(json_t *j, struct error *e, const char *format, ...)
{
	json_error_t error;
	va_list ap;
	int r;

	va_start(ap, format);
	r = json_vunpack_ex(j, &error, 0, format, ap);
	va_end(ap);
	if (r != 0)
		return error_set(e, ERR_PROTOCOL, "signetd's answer: %s",
				 error.text);
	return 0;
}

const char *client_json_at(const json_t *array, size_t i)
{
	return json_string_value(json_array_get(array, i));
}

const char *client_json_detail(const json_t *problem)
{
	const char *detail;

	detail = json_string_value(json_object_get(problem, "detail"));
	if (detail == NULL || detail[0] == '\0')
		detail = json_string_value(json_object_get(problem, "title"));
	return detail;
}

int client_json_bytes(const char *base64, const char *member, struct buf *out,
		      struct error *e)
{
	struct slice text = slice_of((const uint8_t *)base64, strlen(base64));

	buf_init(out, text.len);
	if (b64_decode(B64_STD, text, out) == 0)
		return 0;
	buf_fini(out);
	return error_set(e, ERR_PROTOCOL,
			 "signetd's answer: %s is not base64", member);
}
