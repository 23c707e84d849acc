/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer: writing JSON (RFC 8259) into a buffer, member by member.
 *
 * Answers are written, not built as a tree: one pass, no allocation a value.
 * Commas put themselves.  Texts become valid UTF-8 whatever a token says, and
 * are in canonical form (RFC 8785); so is the whole where members come sorted.
 */
#ifndef SIGNET_BASE_WRITER_H
#define SIGNET_BASE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct writer {
	struct buf *out;
	bool comma; /* before the next value */
};

struct writer writer_of(struct buf *out);

/* Names, here and below, are the program's own: they need no escapes. */

/* '{' or '[', as a member of that name, or as an element (NULL). */
void writer_open(struct writer *j, const char *name, char bracket);
void writer_close(struct writer *j, char bracket);

void writer_text(struct writer *j, const char *name, const char *value);
/* NULL and "" give null. */
void writer_text_or_null(struct writer *j, const char *name, const char *value);
void writer_int(struct writer *j, const char *name, int64_t value);
void writer_bool(struct writer *j, const char *name, bool value);
void writer_null(struct writer *j, const char *name);
void writer_b64(struct writer *j, const char *name, struct slice bytes);
void writer_b64url(struct writer *j, const char *name, struct slice bytes);
void writer_hex(struct writer *j, const char *name, struct slice bytes);
/* Text of size bytes, with its quotes. */
void writer_string(struct buf *out, const char *text, size_t size);
/* Text that is JSON already. */
void writer_raw(struct writer *j, const char *name, struct slice text);

#endif
