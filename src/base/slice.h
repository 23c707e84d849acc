/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice: borrowed bytes, and a cursor that reads them without ever running
 * past the end.
 */
#ifndef SIGNET_BASE_SLICE_H
#define SIGNET_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/* Bytes that somebody else owns.  ptr may be NULL only when len is 0. */
struct slice {
	const uint8_t *ptr;
	size_t len;
};

static inline struct slice slice_of(const void *ptr, size_t len)
{
	return (struct slice){ .ptr = ptr, .len = len };
}

static inline struct slice slice_str(const char *text)
{
	return slice_of(text, strlen(text));
}

bool slice_equal(struct slice a, struct slice b);

/* memcmp order, shorter first where one is the beginning of the other. */
int slice_compare(struct slice a, struct slice b);

/* Bytes that it begins with which are ASCII from ' ' on, and neither a nor b
 * (ASCII, too). */
size_t slice_plain(struct slice s, uint8_t a, uint8_t b);

/*
 * A cursor.  A read past the end sets failed, gives zeros, and every later
 * read fails too: decode all fields, then look once at cursor_done().
 */
struct cursor {
	struct slice rest;
	bool failed;
};

struct cursor cursor_of(struct slice s);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c); /* big-endian, as on the wire */
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
struct slice cursor_bytes(struct cursor *c, size_t len);
/* A u32 length, then that many bytes; a length above max fails. */
struct slice cursor_block(struct cursor *c, size_t max);
/* The same into a NUL-terminated text; a NUL inside fails. */
void cursor_text(struct cursor *c, char *out, size_t size);
/* True when nothing failed and nothing is left over. */
bool cursor_done(const struct cursor *c) MUST_CHECK;

#endif
