/* SPDX-License-Identifier: Apache-2.0 */
/*
 * der: the little of DER (X.690) that CMS and certificates need, written into
 * a struct buf and read with a struct cursor.
 *
 * Internal to src/format.  Pure.
 */
#ifndef SIGNET_FORMAT_DER_H
#define SIGNET_FORMAT_DER_H

#include "base/buf.h"
#include "base/slice.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0, /* constructed */
	DER_CONTEXT_1 = 0xa1,
	DER_CONTEXT_2 = 0xa2,
	DER_CONTEXT_3 = 0xa3,
};

/* Bytes of a whole element with a content of len bytes. */
size_t format_der_size(size_t len);
/* Tag and length only; the content follows by other means. */
void format_der_head(struct buf *out, uint8_t tag, size_t len);
/* A whole element. */
void format_der_put(struct buf *out, uint8_t tag, struct slice content);
/* INTEGER of a big-endian number of any length, never negative (8.3). */
void format_der_put_unsigned(struct buf *out, struct slice number);

/*
 * An element around what is appended between the two calls; they nest.
 * format_der_close() takes what format_der_open() returned.
 */
size_t format_der_open(struct buf *out, uint8_t tag);
void format_der_close(struct buf *out, size_t opened);

/*
 * SET OF: whole elements in the order of 11.6, each once.  Sorts items in
 * place.
 */
void format_der_put_set(struct buf *out, uint8_t tag, struct slice *items,
			size_t len);

/* Tag of the next element, 0 at the end. */
uint8_t format_der_peek(const struct cursor *c);
/*
 * Content of the next element, which must have that tag; whole: with tag and
 * length.  Lengths must be definite and minimal (10.1) and at most 4 bytes;
 * otherwise c->failed.
 */
struct slice format_der_get(struct cursor *c, uint8_t tag);
struct slice format_der_get_whole(struct cursor *c, uint8_t tag);
/* The same, ready to be read in. */
struct cursor format_der_enter(struct cursor *c, uint8_t tag);

#endif
