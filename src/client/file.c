/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: whole files in memory, and the PEM around what is in them.
 */
#include "client/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/err.h"
#include "base/fd.h"

#define FILE_PIECE (256u * 1024)
#define PEM_LINE 48 /* bytes: 64 characters, RFC 7468 section 2 */

int client_file_read_fd(int fd, struct buf *out, struct error *e)
{
	for (;;) {
		uint8_t *at = buf_reserve(out, FILE_PIECE);
		ssize_t got;

		if (at == NULL && out->failed == ERR_TOO_LARGE)
			return error_set(e, ERR_TOO_LARGE,
					 "files above %zu MiB are not read",
					 out->max / (1024 * 1024));
		if (at == NULL)
			return error_set(e, ERR_NO_MEMORY, "file");
		got = read(fd, at, FILE_PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(e, ERR_IO, errno,
					       "cannot read");
		if (got == 0)
			return 0;
		buf_commit(out, (size_t)got);
	}
}

int client_file_read(const char *path, struct buf *out, struct error *e)
{
	AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "cannot open %s",
				       path);
	r = client_file_read_fd(fd, out, e);
	if (r != 0)
		error_prefix(e, "%s: ", path);
	return r;
}

bool client_file_is_pem(struct slice s)
{
	static const char begin[] = "-----BEGIN ";

	/* DER begins with a SEQUENCE, which is no sensible text. */
	return s.len > 0 && s.ptr[0] != 0x30 &&
	       memmem(s.ptr, s.len, begin, sizeof(begin) - 1) != NULL;
}

int client_file_der(struct slice s, struct buf *out, struct error *e)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len;
	BIO *bio;
	int ok;

	if (!client_file_is_pem(s)) {
		buf_put_slice(out, s);
		return buf_error(out) == 0 ? 0 :
			error_set(e, buf_error(out), "file");
	}
	bio = BIO_new_mem_buf(s.ptr, (int)s.len);
	if (bio == NULL)
		return error_set(e, ERR_NO_MEMORY, "PEM");
	ok = PEM_read_bio(bio, &name, &header, &der, &len);
	BIO_free(bio);
	ERR_clear_error();
	if (ok != 1)
		return error_set(e, ERR_BAD_CERTIFICATE,
				 "the PEM cannot be read");
	buf_put(out, der, (size_t)len);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	return buf_error(out) == 0 ? 0 : error_set(e, buf_error(out), "PEM");
}

void client_file_pem(struct slice s, const char *label, struct buf *out)
{
	if (client_file_is_pem(s)) {
		buf_put_slice(out, s);
		buf_put_str(out, "\n");
		return;
	}
	buf_printf(out, "-----BEGIN %s-----\n", label);
	while (s.len > 0) {
		size_t len = s.len < PEM_LINE ? s.len : PEM_LINE;

		b64_encode(B64_STD, slice_of(s.ptr, len), out);
		buf_put_str(out, "\n");
		s.ptr += len;
		s.len -= len;
	}
	buf_printf(out, "-----END %s-----\n", label);
}
