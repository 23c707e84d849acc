/* SPDX-License-Identifier: Apache-2.0 */
/*
 * native: messages of a browser.
 */
#include "webhost/native.h"

#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"

void native_init(struct native *n, size_t most)
{
	*n = (struct native){ .most = most };
	buf_init(&n->in, NATIVE_HEAD + most + NATIVE_PIECE);
}

void native_fini(struct native *n)
{
	buf_fini(&n->in);
}

void native_feed(struct native *n, struct slice piece)
{
	buf_consume(&n->in, n->taken);
	n->taken = 0;
	buf_put_slice(&n->in, piece);
}

static int check_length(const struct native *n, uint32_t len, struct error *e)
{
	if (len < LIMIT_NATIVE_LEAST)
		return error_set(e, ERR_MALFORMED, "a message has at least %u"
				 " bytes, this one has %u", LIMIT_NATIVE_LEAST,
				 len);
	if (len > n->most)
		return error_set(e, ERR_TOO_LARGE, "a message has at most %zu"
				 " bytes, this one has %u", n->most, len);
	return 0;
}

int native_next(struct native *n, struct slice *message, bool *there,
		struct error *e)
{
	uint32_t len;
	int r = buf_error(&n->in);

	*there = false;
	if (r != 0)
		return error_set(e, r, "message");
	buf_consume(&n->in, n->taken);
	n->taken = 0;
	if (n->in.len < NATIVE_HEAD)
		return 0;
	memcpy(&len, n->in.ptr, sizeof(len));
	r = check_length(n, len, e);
	if (r != 0 || n->in.len - NATIVE_HEAD < len)
		return r;
	*message = slice_of(n->in.ptr + NATIVE_HEAD, len);
	*there = true;
	n->taken = NATIVE_HEAD + len;
	return 0;
}

int native_write(int fd, struct slice message, struct error *e)
{
	AUTO(buf_fini) struct buf out;
	uint32_t len = (uint32_t)message.len;

	buf_init(&out, NATIVE_HEAD + message.len);
	buf_put(&out, &len, sizeof(len));
	buf_put_slice(&out, message);
	if (buf_error(&out) != 0)
		return error_set(e, buf_error(&out), "message");
	return fd_write_all(fd, buf_slice(&out), e);
}
