/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: owned bytes that grow up to a named limit and are wiped when released.
 *
 * An append that does not fit, or finds no memory, leaves the buffer as it was
 * and is remembered: write everything, then look once at buf_error().
 */
#ifndef SIGNET_BASE_BUF_H
#define SIGNET_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf {
	uint8_t *ptr; /* NULL while empty */
	size_t len;
	size_t cap;
	size_t max; /* len never goes above */
	int failed; /* 0, ERR_TOO_LARGE or ERR_NO_MEMORY; sticky */
};

/* An empty buffer that may hold up to max bytes.  Allocates nothing yet. */
void buf_init(struct buf *b, size_t max);
/* Wipe and release; the buffer is empty and usable again.  NULL is allowed. */
void buf_fini(struct buf *b);
/* Forget the content and a remembered failure; keeps (and wipes) the memory. */
void buf_reset(struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_put_slice(struct buf *b, struct slice s);
void buf_put_str(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_put_u8(struct buf *b, uint8_t n);
void buf_put_u16(struct buf *b, uint16_t n); /* big-endian */
void buf_put_u32(struct buf *b, uint32_t n);
void buf_put_u64(struct buf *b, uint64_t n);
/* A u32 length, then the bytes: what cursor_block() reads. */
void buf_put_block(struct buf *b, struct slice s);
/* Overwrite four bytes at an offset that was written before. */
void buf_set_u32(struct buf *b, size_t offset, uint32_t n);

/*
 * Room for len more bytes, to be filled by the caller; NULL when it does not
 * fit (remembered).  buf_commit() then says how many of them were used.
 */
uint8_t *buf_reserve(struct buf *b, size_t len);
void buf_commit(struct buf *b, size_t len);

/* Take len bytes away from the front. */
void buf_consume(struct buf *b, size_t len);

struct slice buf_slice(const struct buf *b);
/* The content as text: appends a NUL that len does not count. "" on failure. */
const char *buf_text(struct buf *b);
/* 0, ERR_TOO_LARGE or ERR_NO_MEMORY: did any append fail? */
int buf_error(const struct buf *b) MUST_CHECK;

#endif
