/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: what is to be signed: bytes of the caller, a file, a digest.
 */
#include "client/content.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "client/json.h"

#define CONTENT_READ_SIZE (64u * 1024)

void client_content_init(struct client_content *c)
{
	memset(c, 0, sizeof(*c));
	c->fd = -1;
	buf_init(&c->read, LIMIT_CONTENT);
}

void client_content_fini(struct client_content *c)
{
	if (c->own_fd)
		fd_closep(&c->fd);
	buf_fini(&c->read);
	client_content_init(c);
}

void client_content_set_bytes(struct client_content *c, struct slice bytes)
{
	client_content_fini(c);
	c->kind = CONTENT_BYTES;
	c->bytes = bytes;
	c->size = bytes.len;
}

static int too_large(struct error *e)
{
	return error_set(e, ERR_TOO_LARGE,
			 "the content is larger than %u MiB; sign its digest"
			 " instead", LIMIT_CONTENT / (1024 * 1024));
}

static int read_to_end(struct client_content *c, int fd, struct error *e)
{
	for (;;) {
		uint8_t piece[CONTENT_READ_SIZE];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(e, ERR_IO, errno,
					       "the content cannot be read");
		if (got == 0)
			break;
		buf_put(&c->read, piece, (size_t)got);
		if (buf_error(&c->read) == ERR_TOO_LARGE)
			return too_large(e);
		if (buf_error(&c->read) != 0)
			return error_set(e, ERR_NO_MEMORY, "content");
	}
	c->kind = CONTENT_READ;
	c->bytes = buf_slice(&c->read);
	c->size = c->bytes.len;
	return 0;
}

static int look_at(struct client_content *c, int fd, struct error *e)
{
	if (fstat(fd, &c->stat) != 0)
		return error_set_errno(e, ERR_IO, errno,
				       "the content cannot be read");
	if (S_ISDIR(c->stat.st_mode))
		return error_set_errno(e, ERR_IO, EISDIR,
				       "the content cannot be read");
	if (!S_ISREG(c->stat.st_mode))
		return read_to_end(c, fd, e);
	if (c->stat.st_size > (off_t)LIMIT_CONTENT)
		return too_large(e);
	c->kind = CONTENT_FILE;
	c->size = (uint64_t)c->stat.st_size;
	return 0;
}

int client_content_set_fd(struct client_content *c, int fd, bool own,
			  struct error *e)
{
	int r;

	client_content_fini(c);
	c->fd = fd;
	c->own_fd = own;
	r = look_at(c, fd, e);
	if (r != 0)
		client_content_fini(c);
	return r;
}

int client_content_set_digest(struct client_content *c, const char *algorithm,
			      struct slice digest, struct error *e)
{
	client_content_fini(c);
	buf_put_slice(&c->read, digest);
	if (strlen(algorithm) >= sizeof(c->algorithm) || digest.len == 0)
		return error_set(e, ERR_USAGE, "no digest of that algorithm");
	if (buf_error(&c->read) != 0)
		return error_set(e, buf_error(&c->read), "digest");
	snprintf(c->algorithm, sizeof(c->algorithm), "%s", algorithm);
	c->kind = CONTENT_DIGEST;
	c->bytes = buf_slice(&c->read);
	return 0;
}

int client_content_set_payment(struct client_content *c, struct slice json,
			       struct error *e)
{
	AUTO(client_json_unref) json_t *payment = NULL;
	AUTO(client_json_text_free) char *text = NULL;

	client_content_fini(c);
	if (json.len > LIMIT_PAYMENT)
		return error_set(e, ERR_TOO_LARGE, "a payment has at most %u"
				 " KiB", LIMIT_PAYMENT / 1024);
	payment = client_json_parse(json);
	if (!json_is_object(payment))
		return error_set(e, ERR_CONTENT,
				 "a payment is one JSON object");
	/*
	 * RFC 8785 for what a payment may hold, which is texts without control
	 * characters under ASCII names; signetd refuses the others.
	 */
	text = json_dumps(payment, JSON_COMPACT | JSON_SORT_KEYS);
	if (text != NULL)
		buf_put_str(&c->read, text);
	if (text == NULL || buf_error(&c->read) != 0)
		return error_set(e, ERR_NO_MEMORY, "payment");
	c->kind = CONTENT_PAYMENT;
	c->bytes = buf_slice(&c->read);
	c->size = c->bytes.len;
	return 0;
}

static int pread_all(int fd, uint64_t offset, uint8_t *out, size_t size,
		     struct error *e)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, out + done, size - done,
				    (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(e, ERR_IO, errno,
					       "the content cannot be read");
		if (got == 0)
			return error_set(e, ERR_IO, "the content became shorter"
					 " while it was read");
		done += (size_t)got;
	}
	return 0;
}

int client_content_pread(const struct client_content *c, uint64_t offset,
			 void *out, size_t size, size_t *len, struct error *e)
{
	uint64_t rest = c->size - offset;
	int r = 0;

	if (size > rest)
		size = (size_t)rest;
	if (c->kind == CONTENT_FILE)
		r = pread_all(c->fd, offset, out, size, e);
	else if (size > 0)
		memcpy(out, c->bytes.ptr + offset, size);
	if (r == 0)
		*len = size;
	return r;
}

int client_content_unchanged(const struct client_content *c, struct error *e)
{
	struct stat now;

	if (c->kind != CONTENT_FILE)
		return 0;
	if (fstat(c->fd, &now) != 0)
		return error_set_errno(e, ERR_IO, errno, "content");
	if (now.st_size == c->stat.st_size &&
	    now.st_mtim.tv_sec == c->stat.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == c->stat.st_mtim.tv_nsec)
		return 0;
	return error_set(e, ERR_IO, "the content changed while it was read");
}
