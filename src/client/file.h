/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: whole files in memory, and the PEM around what is in them.
 */
#ifndef SIGNET_CLIENT_FILE_H
#define SIGNET_CLIENT_FILE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/* An attached signature over the largest content, and what comes with it. */
#define CLIENT_FILE_MAX (128u * 1024 * 1024)

/*
 * Append a file, or a descriptor to its end, to out (blocking).  ERR_IO,
 * ERR_TOO_LARGE (more than out may hold), ERR_NO_MEMORY.
 */
int client_file_read(const char *path, struct buf *out, struct error *e)
	MUST_CHECK;
int client_file_read_fd(int fd, struct buf *out, struct error *e) MUST_CHECK;

/* Does it begin like PEM (RFC 7468), leaving out text before it? */
bool client_file_is_pem(struct slice s);

/*
 * Append the DER of the first PEM block in s, or s itself when it is no PEM.
 * ERR_BAD_CERTIFICATE: the block cannot be read.
 */
int client_file_der(struct slice s, struct buf *out, struct error *e)
	MUST_CHECK;

/*
 * Append s as PEM: as it is, or DER with that label around it; a line end
 * behind it.  Look at buf_error(out).
 */
void client_file_pem(struct slice s, const char *label, struct buf *out);

#endif
