/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: what is to be signed: bytes of the caller, a file, a digest.
 */
#ifndef SIGNET_CLIENT_CONTENT_H
#define SIGNET_CLIENT_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

enum client_content_kind {
	CONTENT_NONE,
	CONTENT_BYTES, /* borrowed */
	CONTENT_FILE,  /* fd, regular: read with pread */
	CONTENT_READ,  /* what came out of a pipe */
	CONTENT_DIGEST,
	CONTENT_PAYMENT /* its canonical form is in bytes */
};

#define CLIENT_PAYMENT_TYPE "application/vnd.signet.payment+json"

struct client_content {
	enum client_content_kind kind;
	uint64_t size;	   /* bytes of the content; 0 for a digest */
	struct slice bytes;
	int fd;		   /* or -1 */
	bool own_fd;
	struct stat stat;  /* of fd, when it was set */
	struct buf read;   /* of what came with a copy */
	char algorithm[16]; /* CONTENT_DIGEST */
};

void client_content_init(struct client_content *c);
/* Releases what it owns; it is CONTENT_NONE then. */
void client_content_fini(struct client_content *c);

/*
 * These replace what was there.  fd: ERR_IO, ERR_TOO_LARGE; a regular file is
 * only looked at, anything else is read to its end (blocking).  When own is
 * true fd is closed by client_content_fini(), and also on failure.
 */
void client_content_set_bytes(struct client_content *c, struct slice bytes);
int client_content_set_fd(struct client_content *c, int fd, bool own,
			  struct error *e) MUST_CHECK;
int client_content_set_digest(struct client_content *c, const char *algorithm,
			      struct slice digest, struct error *e) MUST_CHECK;

/* The text of a JSON object.  ERR_CONTENT: it is none; ERR_TOO_LARGE. */
int client_content_set_payment(struct client_content *c, struct slice json,
			       struct error *e) MUST_CHECK;

/*
 * Up to size bytes at an offset into out; *len is less than size only at the
 * end of the content.  ERR_IO: also when a file is shorter than it was.
 */
int client_content_pread(const struct client_content *c, uint64_t offset,
			 void *out, size_t size, size_t *len, struct error *e)
	MUST_CHECK;

/* ERR_IO when a file is not what it was when it was set. */
int client_content_unchanged(const struct client_content *c, struct error *e)
	MUST_CHECK;

#endif
