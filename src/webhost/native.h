/* SPDX-License-Identifier: Apache-2.0 */
/*
 * native: messages of a browser: four bytes of length in the byte order of the
 * machine, and so many bytes of JSON.
 */
#ifndef SIGNET_WEBHOST_NATIVE_H
#define SIGNET_WEBHOST_NATIVE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

struct error;

#define NATIVE_HEAD 4u

struct native {
	size_t most;   /* bytes of a message */
	size_t taken;  /* of in: the message that was given last */
	struct buf in;
};

void native_init(struct native *n, size_t most);
void native_fini(struct native *n);

/* What was read, in any pieces; at most NATIVE_PIECE bytes. */
#define NATIVE_PIECE (64u * 1024)
void native_feed(struct native *n, struct slice piece);

/*
 * The next message, which stays until the next call; false: it is not there
 * yet.  ERR_MALFORMED, ERR_TOO_LARGE: its length is none that is allowed, and
 * there is no way to find the next one.
 */
int native_next(struct native *n, struct slice *message, bool *there,
		struct error *e) MUST_CHECK;

/* Write one to a blocking descriptor.  ERR_IO. */
int native_write(int fd, struct slice message, struct error *e) MUST_CHECK;

#endif
