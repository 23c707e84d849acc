/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: writing JSON (RFC 8259) into a buffer, member by member.
 *
 * Answers are written, not built as a tree: one pass, no allocation a value.
 * Commas put themselves.  Texts become valid UTF-8 whatever a token says.
 */
#ifndef SIGNET_API_JSON_H
#define SIGNET_API_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct json {
	struct buf *out;
	bool comma; /* before the next value */
};

struct json json_of(struct buf *out);

/* '{' or '[', as a member of that name, or as an element (NULL). */
void json_open(struct json *j, const char *name, char bracket);
void json_close(struct json *j, char bracket);

void json_text(struct json *j, const char *name, const char *value);
/* NULL and "" give null. */
void json_text_or_null(struct json *j, const char *name, const char *value);
void json_int(struct json *j, const char *name, int64_t value);
void json_bool(struct json *j, const char *name, bool value);
void json_null(struct json *j, const char *name);
void json_b64(struct json *j, const char *name, struct slice bytes);
void json_hex(struct json *j, const char *name, struct slice bytes);
/* Text that is JSON already. */
void json_raw(struct json *j, const char *name, struct slice text);

#endif
