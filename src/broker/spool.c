/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: bytes that go to a file without a name when they become many.
 */
#include "broker/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"

#define SPOOL_PIECE (64u * 1024)

void spool_init(struct spool *s, const char *folder, size_t max)
{
	*s = (struct spool){ .folder = folder, .max = max, .fd = -1 };
	buf_init(&s->head, LIMIT_CONTENT_INLINE + SPOOL_PIECE);
}

void spool_fini(struct spool *s)
{
	if (s->map != NULL)
		munmap(s->map, s->len);
	s->map = NULL;
	fd_closep(&s->fd);
	buf_fini(&s->head);
}

static int spool_open(struct spool *s, struct error *e)
{
	s->fd = open(s->folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (s->fd < 0)
		return error_set_errno(e, ERR_IO, errno,
				       "no file for a large content in %s",
				       s->folder);
	return 0;
}

static int spool_write_head(struct spool *s, struct error *e)
{
	int r = s->fd < 0 ? spool_open(s, e) : 0;

	if (r == 0)
		r = fd_write_all(s->fd, buf_slice(&s->head), e);
	buf_reset(&s->head);
	return r;
}

int spool_put(struct spool *s, struct slice piece, struct error *e)
{
	int r = 0;

	if (piece.len > s->max - s->len)
		return error_set(e, ERR_TOO_LARGE,
				 "more than %zu bytes of content", s->max);
	s->len += piece.len;
	while (r == 0 && piece.len > 0) {
		size_t len = piece.len < SPOOL_PIECE ? piece.len : SPOOL_PIECE;

		if (s->head.len + len > s->head.max)
			r = spool_write_head(s, e);
		buf_put(&s->head, piece.ptr, len);
		piece.ptr += len;
		piece.len -= len;
	}
	return r != 0 ? r : buf_error(&s->head);
}

bool spool_large(const struct spool *s)
{
	return s->len > LIMIT_CONTENT_INLINE;
}

int spool_finish(struct spool *s, struct slice *out, struct error *e)
{
	int r;

	if (s->fd < 0) {
		*out = buf_slice(&s->head);
		return 0;
	}
	r = spool_write_head(s, e);
	if (r != 0)
		return r;
	buf_fini(&s->head);
	s->map = mmap(NULL, s->len, PROT_READ, MAP_PRIVATE, s->fd, 0);
	if (s->map == MAP_FAILED) {
		s->map = NULL;
		return error_set_errno(e, ERR_NO_MEMORY, errno, "mmap");
	}
	madvise(s->map, s->len, MADV_SEQUENTIAL);
	*out = slice_of(s->map, s->len);
	return 0;
}
